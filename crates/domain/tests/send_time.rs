//! When to send: the rules hold for every moment and place, and what is given up is said.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rebound_domain::send_time::{Rule, SendTime, SendTimeDraft, advise};

const ZONES: &[&str] = &[
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Pacific/Kiritimati",
    "UTC",
    "-09:30",
    "+14:00",
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn advised(draft: SendTimeDraft, now: &str) -> SendTime {
    advise(&draft.check(at(now), Vec::new()).unwrap(), at(now))
}

fn in_berlin(decided_at: &str) -> SendTimeDraft {
    let time_zone = Some("Europe/Berlin".to_owned());
    SendTimeDraft { decided_at: Some(at(decided_at)), time_zone, ..SendTimeDraft::default() }
}

#[test]
fn a_wait_a_weekend_and_a_night_are_passed() {
    // Decided, and when to send: Berlin is an hour ahead of UTC in winter.
    for (decided, send) in [
        ("2026-11-17T10:00:00Z", "2026-11-17T11:00:00Z"),
        ("2026-11-17T10:00:01Z", "2026-11-17T11:01:00Z"),
        ("2026-11-17T15:30:00Z", "2026-11-18T08:00:00Z"),
        ("2026-11-17T03:00:00Z", "2026-11-17T08:00:00Z"),
        ("2026-11-20T12:30:00Z", "2026-11-20T13:30:00Z"),
        ("2026-11-20T13:30:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-21T10:00:00Z", "2026-11-23T08:00:00Z"),
    ] {
        let advised = advised(in_berlin(decided), decided);
        assert_eq!((advised.send_at, advised.given_up), (at(send), vec![]), "{decided}");
        assert_eq!(advised.cancel_until, at(send) - SignedDuration::from_mins(5));
        assert_eq!(advised.slots, []);
    }
    let friday = advised(in_berlin("2026-11-20T18:30:00Z"), "2026-11-20T18:30:00Z");
    let expected = [
        Rule::ConsideredDelay,
        Rule::OfficeHours,
        Rule::FridayAfternoon,
        Rule::Weekend,
        Rule::Night,
        Rule::Soon,
        Rule::TimeToCancel,
    ];
    assert_eq!(friday.reasons, expected);
}

#[test]
fn after_a_talk_the_wait_is_longer_and_the_past_is_never_named() {
    let now = "2026-11-17T08:00:00Z";
    for (kind, stage, send) in [
        (None, None, "2026-11-17T09:00:00Z"),
        (Some("job_application"), Some("screening"), "2026-11-17T09:00:00Z"),
        (Some("job_application"), Some("final_interview"), "2026-11-17T12:00:00Z"),
        (Some("dismissal"), None, "2026-11-17T12:00:00Z"),
    ] {
        assert_eq!(advised(SendTimeDraft { kind, stage, ..in_berlin(now) }, now).send_at, at(send));
    }
    let old = advised(in_berlin("2026-11-02T08:00:00Z"), now);
    assert_eq!((old.send_at, old.cancel_until), (at("2026-11-17T08:15:00Z"), at("2026-11-17T08:10:00Z")));
    let later = SendTimeDraft { not_before: Some(at("2026-11-19T12:00:00Z")), ..in_berlin(now) };
    let later = advised(later, now);
    assert_eq!(later.send_at, at("2026-11-19T12:00:00Z"));
    assert!(later.reasons.contains(&Rule::NotBefore) && later.given_up.is_empty());
}

#[test]
fn the_last_moment_gives_up_what_harms_least_and_says_so() {
    let with = |decided: &str, latest: &str, count: i64| {
        let draft = SendTimeDraft { latest_at: Some(at(latest)), count: Some(count), ..in_berlin(decided) };
        advised(draft, decided)
    };
    let soon = with("2026-11-17T10:00:00Z", "2026-11-17T10:30:00Z", 1);
    assert_eq!(
        (soon.send_at, &*soon.given_up),
        (at("2026-11-17T10:00:00Z"), &[Rule::ConsideredDelay, Rule::TimeToCancel][..])
    );
    let evening = with("2026-11-17T16:30:00Z", "2026-11-17T18:00:00Z", 1);
    assert_eq!((evening.send_at, &*evening.given_up), (at("2026-11-17T17:30:00Z"), &[Rule::OfficeHours][..]));
    let friday = with("2026-11-20T14:15:00Z", "2026-11-20T15:30:00Z", 1);
    assert_eq!((friday.send_at, &*friday.given_up), (at("2026-11-20T15:15:00Z"), &[Rule::FridayAfternoon][..]));
    let weekend = with("2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z", 1);
    assert_eq!((weekend.send_at, &*weekend.given_up), (at("2026-11-21T11:00:00Z"), &[Rule::Weekend][..]));
    let night = with("2026-11-17T23:00:00Z", "2026-11-18T02:00:00Z", 1);
    assert_eq!(night.given_up, [Rule::OfficeHours, Rule::Night]);
    assert!(night.reasons.contains(&Rule::ConsideredDelay) && !night.reasons.contains(&Rule::Night));
    let crowded = with("2026-11-17T10:00:00Z", "2026-11-17T11:20:00Z", 100);
    assert_eq!((crowded.slots.len(), crowded.slots[0].count, &*crowded.given_up), (1, 100, &[Rule::Spread][..]));
    let now = with("2026-11-17T22:58:30Z", "2026-11-17T22:58:40Z", 60);
    assert_eq!((now.send_at, now.slots[0].to), (at("2026-11-17T22:58:40Z"), at("2026-11-17T22:58:40Z")));
}

#[test]
fn many_go_out_a_few_at_a_time_and_nobody_waits_longer_than_two_days() {
    let many = |count| {
        advised(SendTimeDraft { count: Some(count), ..in_berlin("2026-11-19T10:00:00Z") }, "2026-11-19T10:00:00Z")
    };
    let sizes = |count| many(count).slots.iter().map(|slot| slot.count).collect::<Vec<_>>();
    assert_eq!((sizes(2), sizes(25), sizes(26), sizes(75)), (vec![2], vec![25], vec![13, 13], vec![25; 3]));
    // Thursday from noon to five, Friday from nine to three.
    let all = many(10_000);
    assert_eq!(all.slots.len(), 20 + 24);
    assert_eq!(all.slots.last().unwrap().to, at("2026-11-20T14:00:00Z"));
    assert!(all.given_up.is_empty() && all.reasons.contains(&Rule::Spread));
}

#[test]
fn time_zones_are_found_by_name_or_offset_and_offline() {
    let zone = |time_zone: Option<&str>, offset: Option<&str>| {
        let draft = SendTimeDraft {
            time_zone: time_zone.map(str::to_owned),
            offset: offset.map(str::to_owned),
            ..SendTimeDraft::default()
        };
        draft
            .check(at("2026-11-17T10:00:00Z"), Vec::new())
            .map(|request| advise(&request, at("2026-11-17T10:00:00Z")).time_zone)
    };
    assert_eq!(zone(None, None).unwrap(), "UTC");
    assert_eq!(zone(None, Some("+05:30")).unwrap(), "+05:30");
    assert_eq!(zone(Some("asia/tokyo"), Some("+05:30")).unwrap(), "Asia/Tokyo");
    for wrong in
        ["", "Mars/Olympus", "+24:00", "+0100", "+1:00", "+01:60", "EST5EDT,M3.2.0,M11.1.0", "../UTC", &"x".repeat(99)]
    {
        let error = zone(Some(wrong), None).unwrap_err();
        assert_eq!(error.fields[0].pointer, "/time_zone", "{wrong}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let draft = SendTimeDraft {
        decided_at: Some(at("2006-01-01T00:00:00Z")),
        time_zone: Some("nowhere".to_owned()),
        count: Some(0),
        latest_at: Some(at("2026-11-16T10:00:00Z")),
        not_before: Some(at("2046-11-16T10:00:00Z")),
        ..SendTimeDraft::default()
    };
    let error = draft.check(at("2026-11-17T10:00:00Z"), Vec::new()).unwrap_err();
    let pointers: Vec<_> = error.fields.iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/decided_at", "/not_before", "/latest_at", "/count", "/time_zone"]);
}

prop_compose! {
    fn moment()(seconds in 1_767_225_600_i64..1_924_992_000) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }
}

fn local(time: Timestamp, zone: &str) -> jiff::Zoned {
    let zone = match zone {
        "-09:30" => TimeZone::fixed(jiff::tz::Offset::from_seconds(-34_200).unwrap()),
        "+14:00" => TimeZone::fixed(jiff::tz::offset(14)),
        name => jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap(),
    };
    time.to_zoned(zone)
}

/// What a person with a calendar would say is wrong with a moment.
fn broken(time: Timestamp, zone: &str) -> Vec<Rule> {
    let local = local(time, zone);
    let (day, hour) = (local.weekday(), local.hour());
    [
        (Rule::OfficeHours, !(9..17).contains(&hour)),
        (Rule::FridayAfternoon, day == Weekday::Friday && hour >= 15),
        (Rule::Weekend, matches!(day, Weekday::Saturday | Weekday::Sunday)),
        (Rule::Night, !(8..20).contains(&hour)),
    ]
    .into_iter()
    .filter_map(|(rule, is_broken)| is_broken.then_some(rule))
    .collect()
}

proptest! {
    #[test]
    fn without_a_last_moment_every_rule_is_kept(
        now in moment(), before in 0_i64..2_000_000, zone in 0..ZONES.len(), count in 1_i64..5_000, stage in any::<bool>(),
    ) {
        let draft = SendTimeDraft {
            decided_at: Some(now - SignedDuration::from_secs(before)),
            time_zone: Some(ZONES[zone].to_owned()),
            count: Some(count),
            stage: stage.then_some("interview"),
            ..SendTimeDraft::default()
        };
        let request = draft.check(now, Vec::new()).unwrap();
        let advised = advise(&request, now);
        prop_assert_eq!(&advised, &advise(&request, now));
        prop_assert_eq!(&advised.given_up, &[]);
        prop_assert_eq!(broken(advised.send_at, ZONES[zone]), vec![]);
        prop_assert!(advised.send_at > now && advised.send_at.duration_since(now) < SignedDuration::from_hours(24 * 5));
        prop_assert!(advised.cancel_until < advised.send_at && advised.cancel_until > now);
        prop_assert_eq!(advised.slots.is_empty(), count == 1);
        let counts: Vec<_> = advised.slots.iter().map(|slot| slot.count).collect();
        if count > 1 {
            prop_assert_eq!(advised.slots[0].from, advised.send_at);
            prop_assert_eq!(counts.iter().map(|count| i64::from(*count)).sum::<i64>(), count);
            prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
        }
        for pair in advised.slots.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from, "in order, one after the other");
        }
        for slot in &advised.slots {
            prop_assert_eq!(slot.to.duration_since(slot.from), SignedDuration::from_mins(15));
            prop_assert_eq!(broken(slot.from, ZONES[zone]), vec![]);
            prop_assert_eq!(broken(slot.to - SignedDuration::from_secs(1), ZONES[zone]), vec![]);
        }
    }

    #[test]
    fn with_a_last_moment_nothing_comes_later_and_what_is_broken_is_said(
        now in moment(), within in 0_i64..400_000, zone in 0..ZONES.len(), count in 1_i64..500,
    ) {
        let latest = now + SignedDuration::from_secs(within);
        let draft = SendTimeDraft {
            time_zone: Some(ZONES[zone].to_owned()),
            count: Some(count),
            latest_at: Some(latest),
            ..SendTimeDraft::default()
        };
        let advised = advise(&draft.clone().check(now, Vec::new()).unwrap(), now);
        prop_assert!(advised.send_at >= now && advised.send_at <= latest);
        prop_assert!(advised.slots.iter().all(|slot| slot.from <= slot.to && slot.to <= latest));
        prop_assert!(advised.cancel_until >= now && advised.cancel_until <= advised.send_at);
        for rule in broken(advised.send_at, ZONES[zone]) {
            prop_assert!(advised.given_up.contains(&rule), "{rule} in {:?}", advised.given_up);
        }
        prop_assert!(!advised.reasons.iter().any(|rule| advised.given_up.contains(rule)));
        // Nothing is given up where there was room without it.
        let free = advise(&SendTimeDraft { latest_at: None, ..draft }.check(now, Vec::new()).unwrap(), now);
        let end = free.slots.last().map_or(free.send_at, |slot| slot.to);
        if end <= latest {
            prop_assert_eq!(advised, free);
        }
    }
}
