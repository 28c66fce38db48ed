# WebSocket++ 0.8.2 declares constructors and destructors with template arguments
# (`basic<concurrency,names>(`). C++20 removed that syntax and g++ 12 refuses it. If the system's
# headers do not compile, this file writes corrected copies of three headers into the build folder,
# which are included first. The repository holds nothing of the library.
#
# Adds the targets `websocketpp_headers`, and `websocketpp_edge_headers` with the edge's limits.
include(${CMAKE_CURRENT_LIST_DIR}/websocketpp_copy.cmake)

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

# Ninja and compiler caches do not notice a new header that hides a known one. So each version of
# this file writes its copies into a new folder.
file(SHA256 ${CMAKE_CURRENT_LIST_FILE} copies)
string(SUBSTRING ${copies} 0 8 copies)
set(copies ${CMAKE_CURRENT_BINARY_DIR}/websocketpp_${copies})

if(NOT WEBSOCKETPP_COMPILES)
  set(mended ${copies}/mended)
  websocketpp_copy(${mended} logger/basic.hpp "basic<concurrency,names>(" "basic(")
  websocketpp_copy(${mended} endpoint.hpp "~endpoint<connection,config>(" "~endpoint(")
  websocketpp_copy(${mended} roles/server_endpoint.hpp "server<config>(" "server(")
  target_include_directories(websocketpp_headers SYSTEM BEFORE INTERFACE ${mended})
endif()

add_library(websocketpp_edge_headers INTERFACE)
target_link_libraries(websocketpp_edge_headers INTERFACE websocketpp_headers)
set(edge ${copies}/edge)
# Limit for all headers of a request. A token may have 16 KiB: see services/common/auth/token.h.
websocketpp_copy(${edge} http/constants.hpp
  "max_header_size = 16000" "max_header_size = 32768")
target_include_directories(websocketpp_edge_headers SYSTEM BEFORE INTERFACE ${edge})
