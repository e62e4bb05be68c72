//! A network that is called with any number of rows.

use super::{Graph, Tensor};
use crate::{Error, Result};

/// What a network has to look like.
pub(crate) struct Wanted<'a, const N: usize> {
    /// The name of its only input, where that matters.
    pub(crate) input: Option<&'a str>,
    /// The shapes that a row of the input may have, best first. The dimension before
    /// them counts rows.
    pub(crate) rows: &'a [&'a [usize]],
    /// The name, where known, and width of each output: `[rows, width]`. An output that is not found by its name is the
    /// only one of its width.
    pub(crate) outputs: &'a [(Option<&'a str>, usize); N],
    /// Rows per call, where the network leaves that open: what bounds its memory.
    pub(crate) most_rows: usize,
}

/// A network of one input of rows and `N` outputs with a row for each. It was checked to be that when it was loaded.
pub(crate) struct Batched<const N: usize> {
    graph: Box<dyn Graph>,
    /// The shape of a call's input: first the rows of a call.
    shape: Vec<usize>,
    /// Whether a call must have exactly so many rows.
    fixed: bool,
    outputs: [usize; N],
    widths: [usize; N],
}

impl<const N: usize> Batched<N> {
    /// Takes a graph as the network wanted. The error says what is wrong with it.
    pub(crate) fn new(graph: Box<dyn Graph>, wanted: &Wanted<'_, N>) -> std::result::Result<Self, String> {
        let [input] = graph.inputs() else {
            return Err(format!("it has {} inputs, not 1", graph.inputs().len()));
        };
        if wanted.input.is_some_and(|name| name != input.name) {
            return Err(format!("its input is `{}`, not `{}`", input.name, wanted.input.unwrap_or_default()));
        }
        if !input.f32 {
            return Err(format!("its input `{}` is not f32", input.name));
        }
        let (rows, row) = fit(input, wanted.rows)?;
        let mut shape = vec![rows.unwrap_or(wanted.most_rows).max(1)];
        shape.extend_from_slice(row);
        let mut outputs = [0; N];
        for (place, (name, width)) in outputs.iter_mut().zip(wanted.outputs) {
            *place = find(graph.outputs(), *name, *width)?;
        }
        let widths = wanted.outputs.map(|(_, width)| width);
        Ok(Self { graph, shape, fixed: rows.is_some(), outputs, widths })
    }

    /// Runs it once, on zeros, to see that it runs and gives what its file promised. A network that makes NaN of zeros
    /// may still do well on music.
    pub(crate) fn probe(mut self) -> std::result::Result<Self, String> {
        match self.run(&vec![0.0; self.row_len()]) {
            Ok(_) | Err(Error::NotFinite) => Ok(self),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Values of a row.
    pub(crate) fn row_len(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// The rows that a call must have, where the network fixes that.
    pub(crate) fn fixed_rows(&self) -> Option<usize> {
        self.shape.first().copied().filter(|_| self.fixed)
    }

    /// The outputs of all rows of `input`, one row after the other.
    ///
    /// # Errors
    /// [`Error::PatchLength`] when the input is no whole number of rows, [`Error::NotFinite`] when it holds or leads to
    /// values that are not finite, [`Error::Run`] when the runtime fails or gives something of another size.
    pub(crate) fn run(&mut self, input: &[f32]) -> Result<[Vec<f32>; N]> {
        let (row_len, most) = (self.row_len().max(1), self.shape.first().copied().unwrap_or(1));
        if !input.len().is_multiple_of(row_len) {
            return Err(Error::PatchLength { expected: row_len, received: input.len() });
        }
        if !input.iter().all(|x| x.is_finite()) {
            return Err(Error::NotFinite);
        }
        let mut answer: [Vec<f32>; N] = std::array::from_fn(|_| Vec::new());
        for piece in input.chunks(most * row_len) {
            let rows = piece.len() / row_len;
            let said = if rows < most && self.fixed {
                let mut filled = piece.to_vec();
                filled.resize(most * row_len, 0.0);
                self.graph.run(&self.shape, &filled, &self.outputs)?
            } else {
                let mut shape = self.shape.clone();
                if let Some(first) = shape.first_mut() {
                    *first = rows;
                }
                self.graph.run(&shape, piece, &self.outputs)?
            };
            let given = if self.fixed { most } else { rows };
            for ((answer, said), width) in answer.iter_mut().zip(&said).zip(self.widths) {
                if said.len() != given * width {
                    let reason = format!("{} outputs instead of {given} x {width}", said.len());
                    return Err(Error::Run { reason });
                }
                answer.extend(said.iter().take(rows * width));
            }
        }
        if answer.iter().flatten().all(|x| x.is_finite()) { Ok(answer) } else { Err(Error::NotFinite) }
    }
}

/// How many rows a call of `input` has, if the file fixes that, and which of the `rows` it takes.
fn fit<'a>(input: &Tensor, rows: &[&'a [usize]]) -> std::result::Result<(Option<usize>, &'a [usize]), String> {
    let unfit = |shape: &str| format!("its input `{}` is {shape}, not [rows, {}]", input.name, texts(rows));
    let Some(shape) = &input.shape else { return Err(unfit("of no stated shape")) };
    let Some((count, rest)) = shape.split_first() else { return Err(unfit("a scalar")) };
    let matches = |row: &&&[usize]| {
        row.len() == rest.len() && rest.iter().zip(**row).all(|(stated, wanted)| stated.is_none_or(|n| n == *wanted))
    };
    match rows.iter().find(matches) {
        // A network for no rows, or for more than anybody trains with, is none.
        Some(row) if count.is_none_or(|n| (1..=256).contains(&n)) => Ok((*count, row)),
        _ => Err(unfit(&text(shape))),
    }
}

fn texts(rows: &[&[usize]]) -> String {
    let texts: Vec<String> =
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")).collect();
    texts.join("] or [rows, ")
}

fn text(shape: &[Option<usize>]) -> String {
    let dimensions: Vec<String> = shape.iter().map(|n| n.map_or("?".to_owned(), |n| n.to_string())).collect();
    format!("[{}]", dimensions.join(", "))
}

/// The place of the output of that name, else of the only one of that width. What the file leaves open shows when the
/// network runs.
pub(crate) fn find(outputs: &[Tensor], name: Option<&str>, width: usize) -> std::result::Result<usize, String> {
    let width_of = |tensor: &Tensor| tensor.shape.as_ref().and_then(|shape| shape.last().copied().flatten());
    let named = outputs.iter().position(|tensor| name.is_some_and(|name| bare(name) == bare(&tensor.name)));
    let place = named.or_else(|| {
        let mut wide = outputs.iter().enumerate().filter(|(_, tensor)| tensor.f32 && width_of(tensor) == Some(width));
        wide.next().filter(|_| wide.next().is_none()).map(|(place, _)| place)
    });
    let Some((place, tensor)) = place.and_then(|place| outputs.get(place).map(|tensor| (place, tensor))) else {
        let wanted = name.map_or(String::new(), |name| format!(" `{name}`, and no single one"));
        let names: Vec<&str> = outputs.iter().map(|tensor| tensor.name.as_str()).collect();
        return Err(format!("it has no output{wanted} of {width} values; its outputs are {}", names.join(", ")));
    };
    if !tensor.f32 {
        return Err(format!("its output `{}` is not f32", tensor.name));
    }
    match width_of(tensor) {
        Some(stated) if stated != width => {
            Err(format!("its output `{}` has {stated} values, not {width}", tensor.name))
        }
        _ => Ok(place),
    }
}

/// A tensor's name without the output number that TensorFlow puts behind it.
fn bare(name: &str) -> &str {
    name.strip_suffix(":0").unwrap_or(name)
}
