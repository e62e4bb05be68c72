//! The space seen from outside. One binary, so that the helpers are compiled once.

#[cfg(test)]
mod blend;
#[cfg(test)]
mod common;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod evaluate;
#[cfg(test)]
mod map;
#[cfg(test)]
mod mix;
#[cfg(test)]
mod mix_limits;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod path;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod radio;
#[cfg(test)]
mod recall;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod taste;
