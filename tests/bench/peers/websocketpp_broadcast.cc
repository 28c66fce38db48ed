// A broadcast like the library's own example, with TCP_NODELAY and without logs. It sends each text
// line of a publisher to every connection.
//
//   fanout_websocketpp_broadcast PORT PUBLISH_PORT

#include <asio.hpp>
#include <cstdlib>
#include <functional>
#include <istream>
#include <memory>
#include <set>
#include <string>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

#include "tests/bench/open_files.h"

namespace {

using asio::ip::tcp;
using Server = websocketpp::server<websocketpp::config::asio>;
using Handle = websocketpp::connection_hdl;

class Broadcast {
 public:
  Broadcast(uint16_t port, uint16_t publish_port)
      : publishers_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), publish_port)),
        publisher_(io_) {
    server_.clear_access_channels(websocketpp::log::alevel::all);
    server_.clear_error_channels(websocketpp::log::elevel::all);
    server_.init_asio(&io_);
    server_.set_reuse_addr(true);
    server_.set_listen_backlog(4096);
    server_.set_tcp_pre_init_handler([this](const Handle& one) {
      server_.get_con_from_hdl(one)->get_raw_socket().set_option(tcp::no_delay(true));
    });
    server_.set_open_handler([this](const Handle& one) { open_.insert(one); });
    server_.set_close_handler([this](const Handle& one) { open_.erase(one); });
    server_.listen(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    server_.start_accept();
    publishers_.async_accept(publisher_, [this](asio::error_code) { ReadLine(); });
  }

  void Run() { server_.run(); }

 private:
  void ReadLine() {
    asio::async_read_until(publisher_, lines_, '\n', [this](asio::error_code error, size_t) {
      if (error) return;
      std::istream stream(&lines_);
      std::string line;
      std::getline(stream, line);
      for (const Handle& one : open_) {
        server_.send(one, line, websocketpp::frame::opcode::text, error);
      }
      ReadLine();
    });
  }

  asio::io_context io_;
  Server server_;
  tcp::acceptor publishers_;
  tcp::socket publisher_;
  asio::streambuf lines_;
  std::set<Handle, std::owner_less<Handle>> open_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  ledgercast::bench::RaiseOpenFiles();
  Broadcast(static_cast<uint16_t>(std::atoi(argv[1])), static_cast<uint16_t>(std::atoi(argv[2])))
      .Run();
}
