//! Distances, standardising and top-k over plain slices and matrices.
