//! A file in, blocks of samples out: the only room that knows codecs and ffmpeg.
