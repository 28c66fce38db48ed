#include "edge/net/event_socket.h"

#include <asio/post.hpp>
#include <asio/write.hpp>
#include <utility>

#include "edge/net/tcp.h"
#include "services/common/base/clock.h"

namespace ledgercast {

std::shared_ptr<EventSocket> EventSocket::Start(asio::ip::tcp::socket* tcp,
                                                std::shared_ptr<void> owner, std::string head,
                                                const SocketOptions& options, Timers* timers,
                                                OwnedCount* sent_bytes,
                                                std::function<void(int)> on_end) {
  std::shared_ptr<EventSocket> socket(
      new EventSocket(tcp, owner, options.close_timeout, timers, sent_bytes, std::move(on_end)));
  EventSocket* const raw = socket.get();
  // A comment of server-sent events, see
  // https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes
  static const auto& comment = *new std::shared_ptr<const std::string>(new std::string(":\n\n"));
  socket->keep_alive_ = std::make_unique<KeepAlive>(
      options.keep_alive, timers,
      [raw] {
        if (!raw->write_pending()) raw->Enqueue(comment);
      },
      [raw] { raw->End(kAbnormalClose); });
  socket->Enqueue(std::make_shared<const std::string>(std::move(head)));
  WatchForEnd(tcp, std::move(owner), [socket] { socket->OnGone(); });
  return socket;
}

void EventSocket::Send(const FramePtr& frame) {
  if (close_code_ == 0) Enqueue(std::shared_ptr<const std::string>(frame, &frame->event()));
}

void EventSocket::Enqueue(std::shared_ptr<const std::string> text) {
  if (on_end_ == nullptr) return;
  queued_bytes_ += text->size();
  queue_.push_back(std::move(text));
  if (!writing_) Write();
}

void EventSocket::Write() {
  writing_ = true;
  queued_bytes_ = 0;
  auto texts = std::make_shared<std::vector<std::shared_ptr<const std::string>>>();
  texts->swap(queue_);
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(texts->size());
  for (const auto& text : *texts) buffers.emplace_back(asio::buffer(*text));
  asio::async_write(
      *tcp_, buffers,
      [self = shared_from_this(), texts](const asio::error_code& error, size_t bytes) {
        self->writing_ = false;
        self->sent_bytes_->Add(static_cast<int64_t>(bytes));
        if (error) return self->End(kAbnormalClose);
        if (self->keep_alive_ != nullptr) self->keep_alive_->OnSign();
        if (!self->queue_.empty()) return self->Write();
        if (self->close_code_ != 0) self->End(self->close_code_);
      });
}

void EventSocket::Close(CloseCode code, std::string_view /*reason*/) {
  if (close_code_ != 0) return;
  close_code_ = static_cast<int>(code);
  if (!write_pending()) return End(close_code_);
  // Without a deadline a client that does not read would keep the socket open.
  deadline_.Set(SteadyNow() + close_timeout_, [this] { End(close_code_); });
}

void EventSocket::OnGone() { End(close_code_ == 0 ? kAbnormalClose : close_code_); }

void EventSocket::End(int code) {
  if (on_end_ == nullptr) return;
  close_code_ = code;
  queue_.clear();
  // The caller may still use the socket, so it ends in a task of its own.
  asio::post(tcp_->get_executor(),
             [self = shared_from_this(), code, on_end = std::exchange(on_end_, nullptr)] {
               self->keep_alive_.reset();
               on_end(code);
               self->owner_.reset();
             });
}

void WatchForEnd(asio::ip::tcp::socket* tcp, std::shared_ptr<void> owner,
                 std::function<void()> gone, size_t budget_bytes) {
  tcp->async_wait(asio::ip::tcp::socket::wait_read,
                  [tcp, owner = std::move(owner), gone = std::move(gone),
                   budget_bytes](asio::error_code error) mutable {
                    if (error == asio::error::operation_aborted) return;
                    if (!error && DiscardReceived(tcp->native_handle(), &budget_bytes)) {
                      return WatchForEnd(tcp, std::move(owner), std::move(gone), budget_bytes);
                    }
                    gone();
                  });
}

}  // namespace ledgercast
