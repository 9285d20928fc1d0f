//! The body of a call that answers in a stream: ends it at its deadline, ends it well-formed when it panics, and
//! finishes the call with the status that it ends with.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use rebound_domain::Error;
use tokio::time::{Sleep, sleep_until};
use tonic::body::Body;
use tonic::{Code, Status};

use crate::call::Call;
use crate::{deadline, status};

/// A body that is watched.
pub(crate) struct Observed {
    body: Body,
    call: Call,
    deadline: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl Observed {
    /// Watches the body of a response, unless its head has the status already.
    pub(crate) fn watch(response: http::Response<Body>, mut call: Call) -> http::Response<Body> {
        if response.headers().contains_key(Status::GRPC_STATUS) {
            call.finish(code(response.headers()));
            return response;
        }
        response.map(|body| {
            let deadline = call.deadline.map(|at| Box::pin(sleep_until(at)));
            Body::new(Self { body, call, deadline, ended: false })
        })
    }

    fn end(&mut self, error: &Error) -> Frame<Bytes> {
        status::log(error, self.call.id());
        let trailers = status::trailers(&status::status(error));
        self.finish(&trailers);
        Frame::trailers(trailers)
    }

    fn finish(&mut self, trailers: &HeaderMap) {
        self.body = Body::empty();
        self.ended = true;
        self.call.finish(code(trailers));
    }
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        // What a stream does belongs to its call.
        let span = this.call.span.clone();
        let _entered = span.enter();
        if this.ended {
            return Poll::Ready(None);
        }
        if this.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(Some(Ok(this.end(&deadline::exceeded()))));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut this.body).poll_frame(cx)));
        let Ok(polled) = polled else {
            return Poll::Ready(Some(Ok(this.end(&Error::internal("a stream panicked")))));
        };
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(trailers) = frame.trailers_ref()
        {
            this.finish(trailers);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

/// The code that trailers end a call with.
fn code(trailers: &HeaderMap) -> Code {
    trailers.get(Status::GRPC_STATUS).map_or(Code::Unknown, |value| Code::from_bytes(value.as_bytes()))
}
