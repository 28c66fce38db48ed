#include "services/cli/csv.h"

namespace ledgercast::cli {
namespace {

constexpr int kEnd = std::char_traits<char>::eof();

}  // namespace

absl::StatusOr<bool> CsvReader::Next(CsvRecord* record) {
  record->clear();
  if (!SkipBlankLines()) return false;
  record_line_ = next_line_;
  record_bytes_ = 0;
  bool is_last = false;
  while (!is_last) {
    if (record->size() == limits_.max_fields) {
      return Bad("has more than " + std::to_string(limits_.max_fields) + " fields");
    }
    const absl::Status read = ReadField(&record->emplace_back(), &is_last);
    if (!read.ok()) return read;
  }
  return true;
}

bool CsvReader::SkipBlankLines() {
  while (true) {
    const int c = input_->sgetc();
    if (c == kEnd) return false;
    if (c != '\n' && c != '\r') return true;
    input_->sbumpc();
    // A bare \r is part of a field.
    if (c == '\r' && input_->sgetc() != '\n') {
      input_->sungetc();
      return true;
    }
    if (c == '\n') ++next_line_;
  }
}

bool CsvReader::EndsLine(int c) {
  if (c == kEnd) return true;
  if (c == '\r' && input_->sgetc() == '\n') c = input_->sbumpc();
  if (c != '\n') return false;
  ++next_line_;
  return true;
}

absl::Status CsvReader::ReadField(std::string* field, bool* is_last) {
  if (input_->sgetc() == '"') {
    input_->sbumpc();
    if (const absl::Status read = ReadQuoted(field); !read.ok()) return read;
    const int c = input_->sbumpc();
    *is_last = EndsLine(c);
    if (!*is_last && c != ',') return Bad("has something between a closing quote and the comma");
    return absl::OkStatus();
  }
  while (true) {
    const int c = input_->sbumpc();
    if (c == ',') return absl::OkStatus();
    *is_last = EndsLine(c);
    if (*is_last) return absl::OkStatus();
    if (c == '"') return Bad("has a quote within a field that does not start with one");
    if (const absl::Status appended = Append(c, field); !appended.ok()) return appended;
  }
}

absl::Status CsvReader::ReadQuoted(std::string* field) {
  while (true) {
    const int c = input_->sbumpc();
    if (c == kEnd) return Bad("has a quote that is never closed");
    if (c == '\n') ++next_line_;
    if (c == '"') {
      if (input_->sgetc() != '"') return absl::OkStatus();
      input_->sbumpc();
    }
    if (const absl::Status appended = Append(c, field); !appended.ok()) return appended;
  }
}

absl::Status CsvReader::Append(int c, std::string* field) {
  if (++record_bytes_ > limits_.max_record_bytes) {
    return Bad("is longer than " + std::to_string(limits_.max_record_bytes) + " bytes");
  }
  field->push_back(std::char_traits<char>::to_char_type(c));
  return absl::OkStatus();
}

absl::Status CsvReader::Bad(const std::string& what) const {
  return absl::InvalidArgumentError("line " + std::to_string(record_line_) + ": " + what);
}

std::string FormatCsv(const CsvRecord& record) {
  std::string text;
  for (size_t i = 0; i < record.size(); ++i) {
    if (i > 0) text.push_back(',');
    const std::string& field = record[i];
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      text += field;
      continue;
    }
    text.push_back('"');
    for (const char c : field) {
      if (c == '"') text.push_back('"');
      text.push_back(c);
    }
    text.push_back('"');
  }
  text += "\n";
  return text;
}

}  // namespace ledgercast::cli
