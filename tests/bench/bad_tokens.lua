-- A script for wrk. It sends the tokens in its arguments in turn.

local tokens, number = {}, 0

function init(args)
  tokens = args
end

function request()
  number = number + 1
  local token = tokens[number % #tokens + 1]
  return wrk.format("GET", "/v1/accounts", { ["Authorization"] = "Bearer " .. token })
end
