#ifndef EDGE_HTTP_STATIC_FILES_H_
#define EDGE_HTTP_STATIC_FILES_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "edge/net/http.h"

namespace ledgercast {

// Serves the browser UI: all files of one folder, which are read once at start. A request only
// looks its path up among their names, so no path can lead out of the folder. Files that gzip makes
// smaller are also kept compressed, for clients that accept that. Immutable.
class StaticFiles {
 public:
  static constexpr size_t kMaxTotalBytes = 64 << 20;

  // Makes an object without files: every path is answered with 404.
  StaticFiles() = default;
  // Reads the regular files under `folder`; "" means no files. Returns NOT_FOUND if there is no
  // index.html.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder);

  // Adds a file as if it had been read from the folder.
  void Add(const std::string& path, std::string content);

  HttpResponse Serve(const HttpRequest& request) const;

 private:
  // One form of a file, plain or compressed. Each has a tag of its own, because caches may hold
  // both.
  struct Form {
    explicit Form(std::string bytes);

    std::shared_ptr<const std::string> content;
    std::string etag;
  };
  struct File {
    Form plain;
    std::optional<Form> gzip;
    std::string type;
  };

  // The files by their path in the URL.
  absl::flat_hash_map<std::string, File> files_;
};

}  // namespace ledgercast

#endif  // EDGE_HTTP_STATIC_FILES_H_
