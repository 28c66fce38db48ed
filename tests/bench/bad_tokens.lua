-- For wrk: asks with each of the tokens in turn, which are its arguments.

local tokens, number = {}, 0

function init(args)
  tokens = args
end

function request()
  number = number + 1
  local token = tokens[number % #tokens + 1]
  return wrk.format("GET", "/v1/accounts", { ["Authorization"] = "Bearer " .. token })
end
