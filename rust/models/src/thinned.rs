//! A bounded memory of an unbounded stream.

/// Keeps every item of a stream as long as they are no more than a limit, then every second, every fourth, and so on:
/// item `i · stride` of the stream is `items[i]`.
#[derive(Debug)]
pub(crate) struct Thinned<T> {
    limit: usize,
    stride: usize,
    seen: usize,
    items: Vec<T>,
}

impl<T> Thinned<T> {
    /// At most `limit` items; none when that is 0.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, stride: 1, seen: 0, items: Vec::new() }
    }

    /// Takes the next item of the stream; `make` is called only when it is kept.
    pub(crate) fn offer(&mut self, make: impl FnOnce() -> T) {
        let place = self.seen;
        self.seen += 1;
        if self.limit == 0 || !place.is_multiple_of(self.stride) {
            return;
        }
        if self.items.len() == self.limit {
            let mut place = 0;
            self.items.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
        if place.is_multiple_of(self.stride) {
            self.items.push(make());
        }
    }

    /// What is kept, in the order of the stream.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// The distance of two kept items in the stream.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_stride_th_and_no_more_than_the_limit() {
        for limit in [1, 2, 3, 8] {
            let mut thinned = Thinned::new(limit);
            for i in 0..200 {
                thinned.offer(|| i);
                let expected: Vec<usize> = (0..=i).step_by(thinned.stride()).collect();
                assert_eq!(thinned.items(), expected);
                assert!(expected.len() <= limit && (2 * expected.len() >= limit || thinned.stride() == 1));
            }
            assert!(thinned.stride().is_power_of_two());
        }
    }

    #[test]
    fn a_limit_of_nothing_keeps_nothing() {
        let mut thinned = Thinned::new(0);
        thinned.offer(|| 1);
        assert!(thinned.items().is_empty());
    }
}
