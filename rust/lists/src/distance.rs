//! How far two words are apart.

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (optimal string
/// alignment: Damerau, "A technique for computer detection and correction of spelling errors", 1964, each place edited
/// once).
pub(crate) fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    edits_within(&a, &b, usize::MAX).unwrap_or(usize::MAX)
}

/// The same for characters, `None` when there are more than `most`.
pub(crate) fn edits_within(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let shared = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(shared..)?, b.get(shared..)?);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - tail)?, b.get(..b.len() - tail)?);
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, &x) in a.iter().enumerate() {
        let mut line = Vec::with_capacity(b.len() + 1);
        let mut left = row + 1;
        line.push(left);
        let mut least = left;
        let mut y_before = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&last, column) + usize::from(x != y)).min(at(&last, column + 1) + 1).min(left + 1);
            if previous == Some(y) && y_before == Some(x) && x != y {
                cost = cost.min(at(&before, column.wrapping_sub(1)) + 1);
            }
            line.push(cost);
            least = least.min(cost);
            left = cost;
            y_before = Some(y);
        }
        if least > most {
            return None;
        }
        before = std::mem::replace(&mut last, line);
        previous = Some(x);
    }
    last.last().copied().filter(|&edits| edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("tempo", "tempo", 0),
            ("tmepo", "tempo", 1),
            ("ca", "abc", 3),
            ("abcdef", "abdcef", 1),
            ("ab", "ba", 1),
            ("hammer", "hamster", 2),
            ("ärger", "arger", 1),
        ] {
            assert_eq!(edits(a, b), count, "{a} {b}");
            assert_eq!(edits(b, a), count, "{b} {a}");
        }
    }

    #[test]
    fn too_many_are_not_counted() {
        let within =
            |a: &str, b: &str, most| edits_within(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most);
        assert_eq!(within("kitten", "sitting", 3), Some(3));
        assert_eq!(within("kitten", "sitting", 2), None);
        assert_eq!(within("a", "abcdef", 3), None);
    }
}
