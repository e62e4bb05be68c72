//! The space seen from outside. One binary, so that the helpers are compiled once.

#[cfg(test)]
mod common;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod mix;
#[cfg(test)]
mod mix_limits;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod radio;
#[cfg(test)]
mod sets;
