# WebSocket++ 0.8.2 declares constructors and destructors with template arguments
# (`basic<concurrency,names>(`), which C++20 has taken away and g++ 12 refuses. Where the
# system's headers do not compile, mended copies of the three concerned are made in the build
# folder and put in front of them; nothing of the library is kept in this repository.
#
# Makes the target `websocketpp_headers`.
find_path(WEBSOCKETPP_INCLUDE websocketpp/server.hpp REQUIRED)
find_path(ASIO_INCLUDE asio.hpp REQUIRED)

add_library(websocketpp_headers INTERFACE)
target_compile_definitions(websocketpp_headers INTERFACE ASIO_STANDALONE)
target_link_libraries(websocketpp_headers INTERFACE Threads::Threads)

set(probe ${CMAKE_CURRENT_BINARY_DIR}/websocketpp_probe.cc)
file(WRITE ${probe} "#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>
int main() { websocketpp::server<websocketpp::config::asio> server; }
")
try_compile(WEBSOCKETPP_COMPILES ${CMAKE_CURRENT_BINARY_DIR}/websocketpp_probe ${probe}
  COMPILE_DEFINITIONS -DASIO_STANDALONE
  CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${WEBSOCKETPP_INCLUDE};${ASIO_INCLUDE}"
  LINK_LIBRARIES Threads::Threads
  CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)

if(NOT WEBSOCKETPP_COMPILES)
  set(mended ${CMAKE_CURRENT_BINARY_DIR}/websocketpp_mended)
  foreach(header logger/basic.hpp endpoint.hpp roles/server_endpoint.hpp)
    file(READ ${WEBSOCKETPP_INCLUDE}/websocketpp/${header} text)
    string(REPLACE "basic<concurrency,names>(" "basic(" text "${text}")
    string(REPLACE "server<config>(" "server(" text "${text}")
    string(REPLACE "~endpoint<connection,config>(" "~endpoint(" text "${text}")
    set(copy ${mended}/websocketpp/${header})
    set(existing "")
    if(EXISTS ${copy})
      file(READ ${copy} existing)
    endif()
    # A newer file would have everything built again after each configure.
    if(NOT existing STREQUAL text)
      file(WRITE ${copy} "${text}")
    endif()
  endforeach()
  target_include_directories(websocketpp_headers SYSTEM BEFORE INTERFACE ${mended})
endif()
