//! Signals: windows, Fourier transforms, mel banks, resampling.
