#include "services/cli/transfer_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "services/cli/row_id.h"
#include "services/common/base/errors.h"
#include "services/transaction/posting/uuid.h"

namespace ledgercast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kId[] = "0190163d-8694-739b-aea5-966c26f8ad91";

struct Read {
  std::vector<TransferRow> rows;
  std::vector<std::string> errors;
};

Read ReadAll(const std::string& text, const std::string& name = "run") {
  std::istringstream input(text);
  Read read;
  const auto reader = TransferReader::Open(&input, name);
  if (!reader.ok()) {
    read.errors.emplace_back(MessageOf(reader.status()));
    return read;
  }
  TransferRow row;
  while (!(*reader)->IsBroken()) {
    const auto found = (*reader)->Next(&row);
    if (!found.ok()) {
      read.errors.emplace_back(MessageOf(found.status()));
    } else if (*found) {
      read.rows.push_back(row);
    } else {
      break;
    }
  }
  return read;
}

TEST(RowIdTest, IsAlwaysTheSameAndNeverAnothers) {
  EXPECT_EQ(RowId("run", 1), RowId("run", 1));
  std::set<std::string> ids;
  for (const char* name : {"run", "run2", ""}) {
    for (const int64_t row : {int64_t{1}, int64_t{2}, int64_t{256}, kMaxRow}) {
      const std::string id = RowId(name, row);
      EXPECT_EQ(CanonicalUuid(id), id);
      EXPECT_EQ(id[14], '8');
      EXPECT_THAT(std::string("89ab"), HasSubstr(id.substr(19, 1)));
      EXPECT_TRUE(ids.insert(id).second);
    }
  }
  EXPECT_EQ(RowId("run", 258).substr(28), "00000102");
}

TEST(TransferReaderTest, CsvColumnsComeInAnyOrder) {
  const Read read = ReadAll(
      "amount,to_account,from_account,description,id,metadata\r\n"
      "5,bob,ann,\"Lunch, late\"," +
      std::string(kId) + ",\"{\"\"table\"\":\"\"7\"\"}\"\r\n6,ann,bob,,,\r\n");
  EXPECT_THAT(read.errors, IsEmpty());
  ASSERT_EQ(read.rows.size(), 2u);
  const v1::CreateTransactionRequest& first = read.rows[0].request;
  EXPECT_EQ(first.id(), kId);
  EXPECT_EQ(first.from_account(), "ann");
  EXPECT_EQ(first.to_account(), "bob");
  EXPECT_EQ(first.amount(), 5);
  EXPECT_EQ(first.description(), "Lunch, late");
  EXPECT_EQ(first.metadata().at("table"), "7");
  EXPECT_EQ(read.rows[1].request.id(), RowId("run", 2));
  EXPECT_EQ(read.rows[1].row, 2);
  EXPECT_EQ(read.rows[1].line, 3);
}

TEST(TransferReaderTest, JsonLinesAreRequests) {
  const Read read = ReadAll(
      "{\"fromAccount\":\"ann\",\"toAccount\":\"bob\",\"amount\":\"5\",\"metadata\":{\"k\":\"v\"}}"
      "\n"
      "\n"
      "{\"from_account\":\"bob\",\"to_account\":\"ann\",\"amount\":6,\"id\":\"" +
      std::string(kId) + "\"}");
  EXPECT_THAT(read.errors, IsEmpty());
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_EQ(read.rows[0].request.id(), RowId("run", 1));
  EXPECT_EQ(read.rows[0].request.metadata().at("k"), "v");
  EXPECT_EQ(read.rows[1].request.id(), kId);
  EXPECT_EQ(read.rows[1].row, 2);
  EXPECT_EQ(read.rows[1].line, 3);
}

TEST(TransferReaderTest, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(ReadAll("\xef\xbb\xbf"
                    "from_account,to_account,amount\nann,bob,1\n")
                .rows.size(),
            1u);
}

TEST(TransferReaderTest, BadHeadersAreRefused) {
  for (const auto& [header, error] :
       {std::pair("from_account,to_account", "line 1: the header has no column amount"),
        std::pair("from_account,to_account,amount,amount", "the column amount is there twice"),
        std::pair("from_account,to_account,amount,memo", "unknown column \"memo\""),
        std::pair("ann,bob,5", "unknown column \"ann\"")}) {
    EXPECT_THAT(ReadAll(header).errors, ElementsAre(HasSubstr(error)));
  }
}

TEST(TransferReaderTest, BadRowsAreToldByLineAndTheNextOnesRead) {
  const Read read = ReadAll(
      "from_account,to_account,amount,id\n"
      "ann,bob,5\n"
      "ann,bob,5.5,\n"
      "ann,bob,0,\n"
      "ann,ann,1,\n"
      "Ann!,bob,1,\n"
      "ann,bob,1,one\n"
      "ann,bob,9223372036854775808,\n"
      "ann,bob,1,\n");
  EXPECT_THAT(read.errors,
              ElementsAre("line 2: has 3 fields, while the header has 4",
                          HasSubstr("line 3: amount \"5.5\" is not a whole number"),
                          HasSubstr("line 4: amount must be"), HasSubstr("line 5: to_account"),
                          HasSubstr("line 6: from_account"), HasSubstr("line 7: id must be a UUID"),
                          HasSubstr("line 8: amount")));
  ASSERT_EQ(read.rows.size(), 1u);
  EXPECT_EQ(read.rows[0].row, 8);
  EXPECT_EQ(read.rows[0].line, 9);
}

TEST(TransferReaderTest, BadJsonIsToldByLine) {
  const std::string good = "{\"fromAccount\":\"ann\",\"toAccount\":\"bob\",\"amount\":1}\n";
  const Read read = ReadAll(good + "{\"fromAccount\":\n" + "{\"unknown\":1}\n" +
                            std::string(100'000, ' ') + "x\n" +
                            "{\"validateOnly\":true,\"fromAccount\":\"ann\",\"toAccount\":\"bob\","
                            "\"amount\":1}\n" +
                            good);
  EXPECT_THAT(read.errors,
              ElementsAre(HasSubstr("line 2: is no CreateTransactionRequest"),
                          HasSubstr("line 3: is no CreateTransactionRequest"),
                          HasSubstr("line 4: is longer than"), HasSubstr("line 5: validate_only")));
  EXPECT_EQ(read.rows.size(), 2u);
}

TEST(TransferReaderTest, WhatIsNoUtf8IsRefusedHere) {
  EXPECT_THAT(ReadAll("from_account,to_account,amount,description\nann,bob,1,\xff\n").errors,
              ElementsAre("line 2: is not UTF-8"));
}

TEST(TransferReaderTest, MetadataIsNothingElse) {
  for (const char* field : {"[]", "x", "{}},{{", "\"{},\"\"amount\"\":5\""}) {
    EXPECT_EQ(
        ReadAll("from_account,to_account,amount,metadata\nann,bob,1," + std::string(field) + "\n")
            .errors.size(),
        1u)
        << field;
  }
}

TEST(TransferReaderTest, WithoutANameEveryRowNeedsItsId) {
  const Read read = ReadAll(
      "from_account,to_account,amount,id\nann,bob,1,\nann,bob,1," + std::string(kId) + "\n", "");
  EXPECT_THAT(read.errors, ElementsAre(HasSubstr("line 2: has no id; give --run NAME")));
  EXPECT_EQ(read.rows.size(), 1u);
}

TEST(TransferReaderTest, AnUnclosedQuoteEndsTheReading) {
  const Read read = ReadAll("from_account,to_account,amount\nann,bob,\"1\nann,bob,1\n");
  EXPECT_THAT(read.errors, ElementsAre("line 2: has a quote that is never closed"));
  EXPECT_THAT(read.rows, IsEmpty());
}

}  // namespace
}  // namespace ledgercast::cli
