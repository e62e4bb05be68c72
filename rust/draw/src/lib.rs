//! Pictures: plots as SVG, playlist covers as PNG.
