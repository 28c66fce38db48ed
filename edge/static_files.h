#ifndef EDGE_STATIC_FILES_H_
#define EDGE_STATIC_FILES_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "edge/http.h"

namespace ledgercast {

// The browser UI: all files of one folder, read once at start. A request only looks its path
// up among their names, so no path can lead out of the folder. Immutable.
class StaticFiles {
 public:
  static constexpr size_t kMaxTotalBytes = 64 << 20;

  // Without files: every path is 404.
  StaticFiles() = default;
  // The regular files under `folder`; "" = none. NOT_FOUND if there is no index.html.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder);

  // Adds one as if it had been read.
  void Add(const std::string& path, std::string content);

  HttpResponse Serve(const HttpRequest& request) const;

 private:
  struct File {
    std::shared_ptr<const std::string> content;
    std::string type;
    std::string etag;
  };

  // By path in the URL.
  absl::flat_hash_map<std::string, File> files_;
};

}  // namespace ledgercast

#endif  // EDGE_STATIC_FILES_H_
