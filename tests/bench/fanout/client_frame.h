#ifndef TESTS_BENCH_FANOUT_CLIENT_FRAME_H_
#define TESTS_BENCH_FANOUT_CLIENT_FRAME_H_

// What a client sends, as bytes. Masks must be there; that they are zero changes nothing for
// the server, which applies them all the same.

#include <string>
#include <string_view>

namespace ledgercast::bench {

inline constexpr std::string_view kPong("\x8A\x80\0\0\0\0", 6);

// A text of up to 64 kB.
inline std::string ClientFrame(const std::string& text) {
  std::string frame("\x81", 1);
  const size_t size = text.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(size >> 8);
    frame += static_cast<char>(size & 0xFF);
  }
  frame.append(4, '\0');
  return frame + text;
}

inline std::string UpgradeRequest(const std::string& path, const std::string& token) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
}

}  // namespace ledgercast::bench

#endif  // TESTS_BENCH_FANOUT_CLIENT_FRAME_H_
