//! Words: what is asked, and what is answered; and what the collection of vectors holds.

use interoptopus::ffi;
use segue_engine as engine;

use super::{Neighbour, audience, size};

/// A question in a person's own words, but for what is allowed in the answer.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    pub query: String,
    pub length: u32,
    pub listener: String,
}

/// What the words were understood to mean, and the tracks.
#[ffi]
pub struct SearchAnswer {
    pub understood: Vec<Understood>,
    pub left: Vec<String>,
    pub described: bool,
    pub by_sound: bool,
    pub hits: Vec<SearchHit>,
}

/// A piece of a query that was understood.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    pub label: String,
    pub words: String,
    pub negated: bool,
}

/// A track that answers a query.
#[ffi]
pub struct SearchHit {
    pub track: Neighbour,
    pub score: f32,
    pub named: bool,
}

/// What the collection of vectors holds.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionStatistics {
    pub collection_name: String,
    pub vectors_count: u64,
    pub points_count: u64,
    pub status: String,
    pub models: Vec<CollectionModel>,
}

/// What one model has put into the collection.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionModel {
    pub name: String,
    pub dimensions: u64,
    pub vectors_count: u64,
    pub version: String,
    pub current: u64,
}

impl SearchRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::SearchRequest {
        engine::SearchRequest {
            query: self.query,
            length: size(self.length),
            audience: audience(self.listener, allowed),
        }
    }
}

impl From<engine::SearchAnswer> for SearchAnswer {
    fn from(answer: engine::SearchAnswer) -> Self {
        Self {
            understood: answer.understood.into_iter().map(Into::into).collect(),
            left: answer.left,
            described: answer.described,
            by_sound: answer.by_sound,
            hits: answer.hits.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::Understood> for Understood {
    fn from(understood: engine::Understood) -> Self {
        let engine::Understood { label, words, negated } = understood;
        Self { label, words, negated }
    }
}

impl From<engine::SearchHit> for SearchHit {
    fn from(hit: engine::SearchHit) -> Self {
        Self { track: hit.track.into(), score: hit.score, named: hit.named }
    }
}

impl From<engine::CollectionStatistics> for CollectionStatistics {
    fn from(now: engine::CollectionStatistics) -> Self {
        Self {
            collection_name: now.collection_name,
            vectors_count: now.vectors_count,
            points_count: now.points_count,
            status: now.status,
            models: now.models.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::CollectionModel> for CollectionModel {
    fn from(model: engine::CollectionModel) -> Self {
        let engine::CollectionModel { name, dimensions, vectors_count, version, current } = model;
        Self { name, dimensions, vectors_count, version, current }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_arrives_with_all_that_is_in_it() {
        let asked = SearchRequest { query: "größer ♫".to_owned(), length: 7, listener: "ann".to_owned() };
        let expected = engine::SearchRequest {
            query: "größer ♫".to_owned(),
            length: 7,
            audience: engine::Audience { listener: "ann".to_owned(), allowed: Some(vec![[7; 16]]) },
        };
        assert_eq!(asked.among(Some(vec![[7; 16]])), expected);
    }

    #[test]
    fn an_answer_arrives_with_all_that_is_in_it() {
        let track = engine::Neighbour { reason: "calm".to_owned(), distance: 0.5, ..engine::Neighbour::default() };
        let sent: SearchAnswer = engine::SearchAnswer {
            understood: vec![engine::Understood { label: "piano".into(), words: "Klavier".into(), negated: true }],
            left: vec!["x".to_owned()],
            described: true,
            by_sound: false,
            hits: vec![engine::SearchHit { track, score: 0.25, named: true }],
        }
        .into();
        let understood = Understood { label: "piano".into(), words: "Klavier".into(), negated: true };
        assert_eq!(
            (sent.understood, sent.left, sent.described, sent.by_sound),
            (vec![understood], vec!["x".into()], true, false)
        );
        let hit = &sent.hits[0];
        assert_eq!((hit.track.reason.as_str(), hit.track.distance, hit.score, hit.named), ("calm", 0.5, 0.25, true));
    }

    #[test]
    fn a_collection_arrives_with_all_that_is_in_it() {
        let model = engine::CollectionModel {
            name: "msd".into(),
            dimensions: 200,
            vectors_count: 3,
            version: "1".into(),
            current: 2,
        };
        let sent = CollectionStatistics::from(engine::CollectionStatistics {
            collection_name: "segue".into(),
            vectors_count: 4,
            points_count: 5,
            status: "green".into(),
            models: vec![model],
        });
        let model =
            CollectionModel { name: "msd".into(), dimensions: 200, vectors_count: 3, version: "1".into(), current: 2 };
        let expected = CollectionStatistics {
            collection_name: "segue".into(),
            vectors_count: 4,
            points_count: 5,
            status: "green".into(),
            models: vec![model],
        };
        assert_eq!(sent, expected);
    }
}
