#include "services/cli/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "services/common/base/errors.h"

namespace ledgercast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Read {
  std::vector<CsvRecord> records;
  std::vector<int64_t> lines;
  std::string error;
};

Read ReadAll(const std::string& text, CsvReader::Limits limits = {}) {
  std::istringstream input(text);
  CsvReader reader(&input, limits);
  Read read;
  CsvRecord record;
  while (true) {
    const auto found = reader.Next(&record);
    if (!found.ok()) read.error = std::string(MessageOf(found.status()));
    if (!found.ok() || !*found) return read;
    read.records.push_back(record);
    read.lines.push_back(reader.line());
  }
}

TEST(CsvTest, FieldsAreSplitAtCommas) {
  EXPECT_THAT(ReadAll("a,b,c\n1,,3\n,\n").records,
              ElementsAre(CsvRecord{"a", "b", "c"}, CsvRecord{"1", "", "3"}, CsvRecord{"", ""}));
}

TEST(CsvTest, QuotedFieldsMayHoldAnything) {
  EXPECT_THAT(ReadAll("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n\"\",x\n").records,
              ElementsAre(CsvRecord{"a,b", "say \"hi\"", "two\r\nlines"}, CsvRecord{"", "x"}));
}

TEST(CsvTest, EveryLineEndIsOne) {
  EXPECT_THAT(ReadAll("a,b\r\nc,d\ne,f").records,
              ElementsAre(CsvRecord{"a", "b"}, CsvRecord{"c", "d"}, CsvRecord{"e", "f"}));
  EXPECT_THAT(ReadAll("\"a\"\r\n\"b\"").records, ElementsAre(CsvRecord{"a"}, CsvRecord{"b"}));
  EXPECT_THAT(ReadAll("a\rb\n").records, ElementsAre(CsvRecord{"a\rb"}));
}

TEST(CsvTest, BlankLinesAreNoRecords) {
  const Read read = ReadAll("\n\r\na\n\n\"x\ny\"\n\nb\n\n");
  EXPECT_THAT(read.records, ElementsAre(CsvRecord{"a"}, CsvRecord{"x\ny"}, CsvRecord{"b"}));
  EXPECT_THAT(read.lines, ElementsAre(3, 5, 8));
  EXPECT_TRUE(ReadAll("").records.empty());
}

TEST(CsvTest, DamageIsToldWithItsLine) {
  EXPECT_EQ(ReadAll("a\n\"b\nc").error, "line 2: has a quote that is never closed");
  EXPECT_THAT(ReadAll("a\nb\"c\n").error, HasSubstr("line 2: has a quote within a field"));
  EXPECT_THAT(ReadAll("\"a\"b\n").error, HasSubstr("line 1: has something between"));
}

TEST(CsvTest, RecordsAreBounded) {
  CsvReader::Limits limits;
  limits.max_record_bytes = 5;
  limits.max_fields = 3;
  EXPECT_EQ(ReadAll("abc,de\n", limits).error, "");
  EXPECT_EQ(ReadAll("abc,def\n", limits).error, "line 1: is longer than 5 bytes");
  EXPECT_EQ(ReadAll("a,b,c\n", limits).error, "");
  EXPECT_EQ(ReadAll("a,b,c,d\n", limits).error, "line 1: has more than 3 fields");
}

TEST(CsvTest, WhatIsWrittenIsReadBack) {
  const CsvRecord record = {"plain", "a,b", "\"", "", "two\nlines", "\r"};
  EXPECT_THAT(ReadAll(FormatCsv(record)).records, ElementsAre(record));
}

}  // namespace
}  // namespace ledgercast::cli
