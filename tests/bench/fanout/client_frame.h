#ifndef TESTS_BENCH_FANOUT_CLIENT_FRAME_H_
#define TESTS_BENCH_FANOUT_CLIENT_FRAME_H_

// Makes the bytes of a client's frames. A frame must have a mask. A mask of zero costs the server
// the same work, since it applies any mask.

#include <string>
#include <string_view>

namespace ledgercast::bench {

inline constexpr std::string_view kPong("\x8A\x80\0\0\0\0", 6);

// Makes a frame with a text of up to 64 kB.
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
