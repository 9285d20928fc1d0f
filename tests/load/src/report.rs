//! The table, a line as soon as it is known.

use crate::client::Round;

/// What a case has to reach, as ratios to its reference: first, and later.
pub(crate) struct Budget(pub(crate) f64, pub(crate) f64);

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near to 2^52")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// The middle one of some numbers; of two in the middle, the one between them.
pub(crate) fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let (half, last) = (sorted.len() / 2, sorted.len().saturating_sub(1));
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    f64::midpoint(at(half.min(last)), at(last - half.min(last)))
}

/// The head of the table.
pub(crate) fn head() {
    println!(
        "{:<34}{:>13}{:>11}{:>7}{:>13}{:>8}{:>14}{:>16}{:>16}{:>10}{:>10}",
        "case",
        "reference/s",
        "rebound/s",
        "ratio",
        "of rounds",
        "of CPU",
        "first, goal",
        "p50 µs",
        "p99 µs",
        "server %",
        "client %"
    );
}

/// A line of the table: the rounds of the reference and those of the service. `of CPU` compares calls per second of
/// processor time, which is the same ratio on a machine that does nothing else, and the truer one on one that does.
/// For histories that is the time of all: database, server and client.
pub(crate) fn line(case: &str, budget: Option<&Budget>, reference: &[Round], service: &[Round]) {
    let rate = |rounds: &[Round]| median(rounds.iter().map(|round| round.rate));
    let ratios: Vec<f64> = reference.iter().zip(service).map(|(one, other)| other.rate / one.rate).collect();
    let per_cpu = |rounds: &[Round]| median(rounds.iter().map(|round| round.rate / round.server_load));
    let (of_reference, of_service) = (Latencies::of(reference), Latencies::of(service));
    let load = |load: fn(&Round) -> f64| {
        let percent = |rounds: &[Round]| 100.0 * median(rounds.iter().map(load));
        let (reference, service) = (percent(reference), percent(service));
        if service.is_nan() { String::new() } else { format!("{reference:.0} {service:.0}") }
    };
    println!(
        "{case:<34}{:>13.0}{:>11.0}{:>7.2}{:>13}{:>8.2}{:>14}{:>16}{:>16}{:>10}{:>10}",
        rate(reference),
        rate(service),
        rate(service) / rate(reference),
        extent(&ratios),
        per_cpu(service) / per_cpu(reference),
        budget.map(|Budget(first, goal)| format!("{first:.2}, {goal:.2}")).unwrap_or_default(),
        format!("{:.0} {:.0}", of_reference.at(0.5), of_service.at(0.5)),
        format!("{:.0} {:.0}", of_reference.at(0.99), of_service.at(0.99)),
        load(|round| round.server_load),
        load(|round| round.client_load),
    );
}

/// A figure for two kinds of the same call: how much longer the second takes, at the median.
pub(crate) fn slower(case: &str, budget: &Budget, one: &[Round], other: &[Round]) {
    let middle = |round: &Round| Latencies::of(std::slice::from_ref(round)).at(0.5);
    let ratios: Vec<f64> = one.iter().zip(other).map(|(one, other)| middle(other) / middle(one)).collect();
    let (before, after) = (median(one.iter().map(middle)), median(other.iter().map(middle)));
    let figures = format!("{before:.0} µs, {after:.0} µs: {:.2} times ({})", median(ratios.clone()), extent(&ratios));
    figure(case, &figures, &format!("{:.2}, {:.2}", budget.0, budget.1));
}

fn extent(ratios: &[f64]) -> String {
    let lowest = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    format!("{lowest:.2}-{:.2}", ratios.iter().copied().fold(0.0, f64::max))
}

/// A figure with a budget of its own, which is a text.
pub(crate) fn figure(name: &str, figure: &str, budget: &str) {
    println!("{name:<34}{figure:<64}{budget}");
}

/// What this share of the calls did not exceed, in milliseconds; they are in microseconds.
pub(crate) fn percentile(microseconds: &[u32], share: f64) -> f64 {
    let mut sorted = microseconds.to_vec();
    sorted.sort_unstable();
    Latencies(sorted).at(share)
}

/// The latencies of all rounds, in order.
struct Latencies(Vec<u32>);

impl Latencies {
    fn of(rounds: &[Round]) -> Self {
        let mut all: Vec<u32> = rounds.iter().flat_map(|round| &round.latencies).copied().collect();
        all.sort_unstable();
        Self(all)
    }

    /// The latency that this share of the calls did not exceed, in microseconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length is a place")]
    fn at(&self, share: f64) -> f64 {
        let place = (float(self.0.len()) * share) as usize;
        self.0.get(place).or(self.0.last()).map_or(f64::NAN, |nanoseconds| f64::from(*nanoseconds) / 1000.0)
    }
}
