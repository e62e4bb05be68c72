//! Spectra in, embeddings and tags out: the only room that knows ONNX.
