#include "edge/http/static_files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>

#include "edge/http/error_response.h"
#include "edge/http/gzip.h"
#include "edge/http/query.h"
#include "services/common/base/errors.h"
#include "services/common/base/program.h"

namespace ledgercast {
namespace {

struct Type {
  std::string_view suffix;
  std::string_view type;
};

constexpr std::array kTypes = {
    Type{".html", "text/html; charset=utf-8"},
    Type{".js", "text/javascript; charset=utf-8"},
    Type{".css", "text/css; charset=utf-8"},
    Type{".json", "application/json"},
    Type{".map", "application/json"},
    Type{".svg", "image/svg+xml"},
    Type{".png", "image/png"},
    Type{".ico", "image/x-icon"},
    Type{".webmanifest", "application/manifest+json"},
    Type{".woff2", "font/woff2"},
    Type{".txt", "text/plain; charset=utf-8"},
};

std::string TypeOf(std::string_view path) {
  for (const Type& one : kTypes) {
    if (path.ends_with(one.suffix)) return std::string(one.type);
  }
  return "application/octet-stream";
}

// Returns a tag that tells versions of a file apart. It need not resist attacks, because nobody
// gains by two files with the same tag.
std::string ETagOf(std::string_view content) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  char text[40];
  std::snprintf(text, sizeof(text), "\"%016llx-%zx\"", static_cast<unsigned long long>(hash),
                content.size());
  return text;
}

bool IsHostSafe(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  });
}

// Returns the page's content policy. It allows only the page's own files, and sockets to the host
// that the page came from, which some browsers do not count as 'self'.
std::string PolicyFor(const std::string& host) {
  std::string connect = "'self'";
  if (IsHostSafe(host)) connect += " ws://" + host + " wss://" + host;
  return "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
         "img-src 'self'; manifest-src 'self'; connect-src " +
         connect + "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}

}  // namespace

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& folder) {
  StaticFiles files;
  if (folder.empty()) return files;
  namespace fs = std::filesystem;
  std::error_code error;
  size_t left = kMaxTotalBytes;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    absl::StatusOr<std::string> content = ReadFile(it->path().string(), left);
    if (!content.ok()) return content.status();
    left -= content->size();
    files.Add("/" + fs::relative(it->path(), folder).generic_string(), *std::move(content));
  }
  if (error) return absl::NotFoundError(folder + ": " + error.message());
  if (!files.files_.contains("/index.html")) {
    return absl::NotFoundError(folder + " has no index.html");
  }
  return files;
}

void StaticFiles::Add(const std::string& path, std::string content) {
  std::optional<Form> gzip;
  if (auto packed = Gzip(content)) gzip.emplace(*std::move(packed));
  files_.insert_or_assign(path, File{Form(std::move(content)), std::move(gzip), TypeOf(path)});
}

StaticFiles::Form::Form(std::string bytes)
    : content(std::make_shared<const std::string>(std::move(bytes))), etag(ETagOf(*content)) {}

HttpResponse StaticFiles::Serve(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = ErrorResponse(
        405, MakeError(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED", "files are read"));
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const std::string path = request.path == "/" ? "/index.html" : PercentDecode(request.path);
  const auto it = files_.find(path);
  if (it == files_.end()) {
    return ErrorResponse(404, MakeError(absl::StatusCode::kNotFound, "PATH_NOT_FOUND",
                                        "there is nothing at this path"));
  }
  const File& file = it->second;
  const bool packed = file.gzip && AcceptsGzip(request.accept_encoding);
  const Form& form = packed ? *file.gzip : file.plain;
  HttpResponse response;
  response.content_type = file.type;
  response.headers = {
      {"ETag", form.etag},
      {"Vary", "Accept-Encoding"},
      // The build puts a hash of the content into the names of assets, so they never change.
      {"Cache-Control",
       path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"},
      {"Content-Security-Policy", PolicyFor(request.host)},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
  };
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  if (request.if_none_match == form.etag) {
    response.status = 304;
  } else if (request.method == "HEAD") {
    response.headers.emplace_back("Content-Type", file.type);
    response.headers.emplace_back("Content-Length", std::to_string(form.content->size()));
  } else {
    response.body = form.content;
  }
  return response;
}

}  // namespace ledgercast
