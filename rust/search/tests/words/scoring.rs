//! How well tracks answer.

use segue_search::{Columns, Concept, Facts, Field, Meaning, Network, Query, Range, TAGS, Want};

use super::ask;

/// Tags that are all improbable but one.
fn tags(network: Network, name: &str, probability: f32) -> Vec<f32> {
    let mut tags = vec![0.02; TAGS];
    tags[network.tag(name).unwrap()] = probability;
    tags
}

fn one(facts: &Facts<'_>) -> Columns {
    let mut columns = Columns::new();
    columns.push(facts);
    columns
}

fn score(query: &Query, facts: &Facts<'_>) -> f32 {
    query.score(&one(facts), 0).unwrap().value
}

#[test]
fn more_of_what_is_wanted_is_better_and_more_of_what_is_not_is_worse() {
    let steps = [0.002, 0.02, 0.1, 0.3, 0.6, 0.9];
    for (text, rises) in [("piano", true), ("without piano", false), ("very piano", true)] {
        let query = ask(text);
        let scores: Vec<f32> = steps
            .iter()
            .map(|&p| score(&query, &Facts { mtt: &tags(Network::Mtt, "piano", p), ..Facts::default() }))
            .collect();
        assert!(
            scores.windows(2).all(|pair| if rises { pair[0] <= pair[1] } else { pair[0] >= pair[1] }),
            "{text}: {scores:?}"
        );
        assert!((scores[0] - scores[5]).abs() > 0.3, "{text}: {scores:?}");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{text}: {scores:?}");
    }
    let half = Facts { mtt: &tags(Network::Mtt, "piano", 0.15), ..Facts::default() };
    assert!(score(&ask("very piano"), &half) < score(&ask("piano"), &half));
    assert!(score(&ask("slightly piano"), &half) > score(&ask("piano"), &half));
}

#[test]
fn a_track_must_answer_all_of_a_query() {
    let query = ask("piano, faster than 120");
    let track = |piano: f32, tempo: f32| {
        score(&query, &Facts { mtt: &tags(Network::Mtt, "piano", piano), tempo, ..Facts::default() })
    };
    let both = track(0.8, 140.0);
    assert!(both > 2.0 * track(0.8, 70.0) && both > 2.0 * track(0.004, 140.0));
    let either = ask("piano or guitar");
    let piano = tags(Network::Mtt, "piano", 0.9);
    assert!(score(&either, &Facts { mtt: &piano, ..Facts::default() }) > 0.8);
}

#[test]
fn ranges_are_soft_at_their_edges() {
    let query = ask("between 100 and 120 bpm");
    let at = |tempo: f32| score(&query, &Facts { tempo, ..Facts::default() });
    assert!(at(100.0) > 0.99 && at(110.0) > 0.99 && at(120.0) > 0.99);
    assert!(at(123.0) < 0.9 && at(123.0) > 0.3);
    assert!(at(140.0) < 0.1 && at(60.0) < 0.1);
    let near = Query::of(vec![Want::new(Meaning::Near(Field::Arousal, 0.8, 0.2))]);
    let arousal = |value: f32| {
        let mut moods = [f32::NAN; 10];
        moods[0] = value;
        score(&near, &Facts { moods, ..Facts::default() })
    };
    assert!(arousal(0.8) > 0.99 && arousal(0.6) > 0.5 && arousal(0.2) < 0.05);
    for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let want = Want::new(Meaning::Range(Field::Tempo, Range { from: Some(odd), to: None }));
        assert!(score(&Query::of(vec![want]), &Facts { tempo: 100.0, ..Facts::default() }).is_finite());
        let want = Want { strength: odd, ..Want::new(Meaning::Near(Field::Tempo, odd, odd)) };
        assert!(score(&Query::of(vec![want]), &Facts { tempo: 100.0, ..Facts::default() }).is_finite());
    }
}

#[test]
fn keys_fit_or_do_not() {
    let query = ask("in D minor");
    let of = |tonic, minor| score(&query, &Facts { tonic, minor, ..Facts::default() });
    assert!(of(Some(2), Some(true)) > 0.99);
    assert!(of(Some(2), Some(false)) < 0.1 && of(Some(4), Some(true)) < 0.1);
    assert!(of(None, None) > 0.1 && of(None, None) < 0.5);
    assert!(score(&ask("calm, in minor"), &Facts { tonic: Some(2), minor: Some(true), ..Facts::default() }) > 0.1);
}

#[test]
fn what_is_not_known_counts_a_little() {
    let nothing = Facts::default();
    for text in
        ["piano", "no drums", "faster than 120", "from the 80s", "very calm, slightly sad, in D minor", "soundtrack"]
    {
        let score = ask(text).score(&one(&nothing), 0).unwrap();
        assert!(score.value > 0.2 && score.value < 0.4, "{text}: {score:?}");
        assert_eq!(score.fulfilled().count(), 0, "{text}");
    }
    let odd = Facts {
        msd: &[f32::NAN, f32::INFINITY, -3.0],
        moods: [f32::INFINITY; 10],
        tempo: -1.0,
        duration: f32::NEG_INFINITY,
        loudness: f32::NAN,
        tonic: Some(200),
        year: i32::MIN,
        ..Facts::default()
    };
    for text in ["rock", "calm", "faster than 120", "short", "before 1970", "in D minor"] {
        assert!((0.0..=1.0).contains(&score(&ask(text), &odd)), "{text}");
    }
}

#[test]
fn genres_in_the_tags_of_files_count_with_what_is_heard() {
    let genres = ["Vocal Jazz".to_owned()];
    let other = ["Thrash".to_owned()];
    let jazz = ask("jazz");
    assert!(score(&jazz, &Facts { genres: &genres, ..Facts::default() }) > 0.8);
    let styles = [("Jazz---Bebop".to_owned(), 0.7)];
    assert!(score(&jazz, &Facts { styles: &styles, ..Facts::default() }) > 0.8);
    let faint = [("Jazz---Bebop".to_owned(), 0.1)];
    assert!(score(&jazz, &Facts { styles: &faint, ..Facts::default() }) < 0.5);
    // Where no tag of a network says it a file whose genres are others is not it.
    let soundtrack = ask("soundtrack");
    assert!(score(&soundtrack, &Facts { genres: &other, ..Facts::default() }) < score(&soundtrack, &Facts::default()));
    assert!(score(&ask("no jazz"), &Facts { genres: &genres, ..Facts::default() }) < 0.2);
}

#[test]
fn decades_are_heard_where_no_year_is_known() {
    let query = ask("from the 80s");
    let heard = tags(Network::Msd, "80s", 0.6);
    let unheard = tags(Network::Msd, "80s", 0.001);
    let of = |msd: &[f32], year| score(&query, &Facts { msd, year, ..Facts::default() });
    assert!(of(&unheard, 1984) > of(&heard, 0) && of(&heard, 0) > of(&unheard, 0));
    assert!(of(&heard, 0) > of(&heard, 2015));
}

#[test]
fn the_best_come_first_and_only_those_that_may() {
    let mut columns = Columns::with_capacity(100);
    for at in 0..5_000_u16 {
        columns.push(&Facts { tempo: f32::from(at % 200) + 30.0, ..Facts::default() });
    }
    let query = ask("faster than 200");
    let best = query.best(&columns, 20, &|row| row % 2 == 1);
    assert_eq!(best.len(), 20);
    assert!(best.iter().all(|(row, _)| row % 2 == 1 && row % 200 + 30 >= 200), "{best:?}");
    assert!(best.windows(2).all(|pair| pair[0].1 > pair[1].1 || pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
    for (row, value) in &best {
        assert!((query.score(&columns, *row).unwrap().value - value).abs() < 1e-4);
    }
    assert!(query.best(&columns, 0, &|_| true).is_empty());
    assert!(query.best(&columns, 10, &|_| false).is_empty());
    assert_eq!(query.best(&columns, 9_000, &|_| true).len(), 5_000);
    assert!(Query::default().best(&columns, 10, &|_| true).is_empty());
}

#[test]
fn rows_come_and_go() {
    let mut columns = Columns::new();
    let piano = tags(Network::Mtt, "piano", 0.9);
    columns.set(3, &Facts { mtt: &piano, ..Facts::default() });
    assert_eq!((columns.len(), columns.holds(2), columns.holds(3)), (4, false, true));
    let query = ask("piano");
    assert_eq!(query.best(&columns, 10, &|_| true).len(), 1);
    assert!(query.score(&columns, 2).is_none() && query.score(&columns, 99).is_none());
    let before = query.score(&columns, 3).unwrap().value;
    columns.set(3, &Facts { mtt: &tags(Network::Mtt, "piano", 0.001), ..Facts::default() });
    assert!(query.score(&columns, 3).unwrap().value < before);
    columns.remove(3);
    columns.remove(77);
    assert!(query.best(&columns, 10, &|_| true).is_empty());
    assert_eq!(columns.push(&Facts::default()), 4);
    assert!(columns.memory() > 0 && !columns.is_empty());
}

#[test]
fn what_only_the_caller_knows_is_asked_of_the_caller() {
    let mut columns = Columns::new();
    for _ in 0..3 {
        columns.push(&Facts::default());
    }
    let query = ask("calm songs by Queen");
    let rows = |want: usize, row: usize| (want == 1).then_some([1.0, 0.0, f32::NAN][row]);
    let ready = query.ready();
    let order: Vec<usize> = ready.best(&columns, 3, &|_| true, &rows).into_iter().map(|(row, _)| row).collect();
    assert_eq!(order, [0, 2, 1]);
    let score = ready.score(&columns, 0, &rows).unwrap();
    assert_eq!(score.fulfilled().collect::<Vec<_>>(), [1]);
    assert!(ready.score(&columns, 1, &rows).unwrap().wants[1] < 0.1);
}

#[test]
fn queries_are_built_by_hand_too() {
    let calm = Want { strength: 1.5, ..Want::new(Meaning::Concept(Concept::named("calm").unwrap())) };
    let no_rock = Want { negated: true, ..Want::new(Meaning::Tag(Network::Msd, 0)) };
    let query = Query::of(vec![calm, no_rock]);
    assert_eq!(query.to_string(), "very calm · no rock");
    assert!(score(&query, &Facts { msd: &tags(Network::Msd, "rock", 0.001), ..Facts::default() }) > 0.3);
    assert_eq!(Concept::named("nothing such"), None);
    assert!(Concept::all().count() > 100);
}
