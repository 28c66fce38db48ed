# Writes below `folder` what the library's `header` is with each `old` replaced by the `new` after it. Fails where the
# header does not hold an `old`: it is of another version, and the copy would lack what it is made for.
function(websocketpp_copy folder header)
  set(original ${WEBSOCKETPP_INCLUDE}/websocketpp/${header})
  file(READ ${original} text)
  while(ARGN)
    list(POP_FRONT ARGN old new)
    string(FIND "${text}" "${old}" position)
    if(position EQUAL -1)
      message(FATAL_ERROR "${original} does not hold \"${old}\". It is of another version of WebSocket++ than 0.8.2, "
        "which edge/websocketpp.cmake changes. See what stands there now, and change that file.")
    endif()
    string(REPLACE "${old}" "${new}" text "${text}")
  endwhile()
  set(copy ${folder}/websocketpp/${header})
  set(existing "")
  if(EXISTS ${copy})
    file(READ ${copy} existing)
  endif()
  # A newer file would have everything built again after each configure.
  if(NOT existing STREQUAL text)
    file(WRITE ${copy} "${text}")
  endif()
endfunction()
