//! 10,000 contexts to fragments in one call, over REST and over gRPC: with a few dozen different situations, as when a
//! requisition closes; all of them different; and the worst, where each has a sign-off of its own, so that no two of the
//! fragments are the same.

use std::fmt::Write as _;

use tonic::Request;

use super::Bench;
use super::batch::{BUDGET, CONTEXTS, Taken, ndjson};
use crate::Result;
use crate::fragment::{Situation, brand, brand_message};
use crate::proto::fragment_service_client::FragmentServiceClient;
use crate::proto::{
    BatchRenderFragmentsRequest, FragmentDefaults, FragmentFormat, batch_render_fragments_response::Result as Answer,
};
use crate::situation::{FIRST_DAYS, next_number};

/// How many situations there are among those who applied for one job.
const SITUATIONS_OF_ONE_JOB: usize = 36;

/// Measures them.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<()> {
    for (name, mix) in [
        ("36 situations", Mix { situations: SITUATIONS_OF_ONE_JOB, has_own_signoffs: false }),
        ("all different", Mix { situations: CONTEXTS, has_own_signoffs: false }),
        ("own sign-offs", Mix { situations: CONTEXTS, has_own_signoffs: true }),
    ] {
        // The budget is one for employers who sign all their mails alike.
        let budget = if mix.has_own_signoffs { "" } else { BUDGET };
        let service = bench.service(&format!("rest {name}")).await?.0;
        let mut taken = Taken::begin(&service)?;
        for _ in 0..bench.options.rounds {
            mix.over_rest(&mut taken).await?;
        }
        taken.print(&format!("fragments, {name}, NDJSON"), budget)?;
        let service = bench.service(&format!("grpc {name}")).await?.0;
        let mut taken = Taken::begin(&service)?;
        for _ in 0..bench.options.rounds {
            mix.over_grpc(&mut taken).await?;
        }
        taken.print(&format!("fragments, {name}, gRPC"), budget)?;
    }
    Ok(())
}

/// What the contexts have in common.
struct Mix {
    situations: usize,
    has_own_signoffs: bool,
}

impl Mix {
    async fn over_rest(&self, taken: &mut Taken<'_>) -> Result<()> {
        let defaults = format!(r#"{{"defaults":{{"formats":["html","text"],"brand":{}}}}}"#, brand(FIRST_DAYS));
        let mut lines = defaults + "\n";
        for number in 0..CONTEXTS {
            let context = Situation::of(number % self.situations).json();
            write!(lines, r#"{{"ref":"{number}","context":{context}"#)?;
            if self.has_own_signoffs {
                write!(lines, r#","brand":{}"#, brand(next_number()))?;
            }
            lines.push_str("}\n");
        }
        let answer = ndjson(taken, "/v1/fragments/batch", &lines).await?;
        let count = |member: &[u8]| answer.windows(member.len()).filter(|bytes| *bytes == member).count();
        self.check(count(b"\"fragment_id\":"), count(b"{\"fragment\":"))
    }

    async fn over_grpc(&self, taken: &mut Taken<'_>) -> Result<()> {
        let defaults = FragmentDefaults {
            formats: vec![FragmentFormat::Html.into(), FragmentFormat::Text.into()],
            brand: Some(brand_message(FIRST_DAYS)),
            ..FragmentDefaults::default()
        };
        let first = BatchRenderFragmentsRequest { defaults: Some(defaults), ..BatchRenderFragmentsRequest::default() };
        let item = |number: usize| BatchRenderFragmentsRequest {
            r#ref: number.to_string(),
            context: Some(Situation::of(number % self.situations).message()),
            brand: self.has_own_signoffs.then(|| brand_message(next_number())),
            ..BatchRenderFragmentsRequest::default()
        };
        let items: Vec<_> = std::iter::once(first).chain((0..CONTEXTS).map(item)).collect();
        let mut client = FragmentServiceClient::connect(format!("http://{}", taken.service.grpc)).await?;
        let mut request = Request::new(tokio_stream::iter(items));
        request.metadata_mut().insert("authorization", format!("Bearer {}", taken.service.key).parse()?);
        taken.start()?;
        let mut answers = client.batch_render_fragments(request).await?.into_inner();
        let (mut items, mut fragments) = (0, 0);
        while let Some(answer) = answers.message().await? {
            items += usize::from(matches!(answer.result, Some(Answer::FragmentId(_))));
            fragments += usize::from(matches!(answer.result, Some(Answer::Fragment(_))));
        }
        taken.stop()?;
        self.check(items, fragments)
    }

    fn check(&self, items: usize, fragments: usize) -> Result<()> {
        let are_there = if self.has_own_signoffs { fragments == CONTEXTS } else { (1..CONTEXTS).contains(&fragments) };
        if items == CONTEXTS && are_there {
            Ok(())
        } else {
            Err(format!("{items} answers and {fragments} fragments to {CONTEXTS} items").into())
        }
    }
}
