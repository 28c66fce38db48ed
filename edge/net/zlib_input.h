#ifndef EDGE_NET_ZLIB_INPUT_H_
#define EDGE_NET_ZLIB_INPUT_H_

#include <zlib.h>

#include <string_view>

namespace ledgercast {

// Makes `bytes` the next input of `stream`. They must stay valid until the stream has taken them.
inline void SetInput(std::string_view bytes, z_stream* stream) {
  // zlib does not write to its input, so the cast is safe.
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream->avail_in = static_cast<uInt>(bytes.size());
}

}  // namespace ledgercast

#endif  // EDGE_NET_ZLIB_INPUT_H_
