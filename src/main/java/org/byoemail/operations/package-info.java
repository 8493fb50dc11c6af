/**
 * What API, console and commands do across flows: {@code setup} (agents and accounts), {@code
 * transfer} (accounts as files), {@code retention} (how long things are kept, erasure). Uses {@code
 * inbound}, {@code outbound}, {@code webhook} and what is below them.
 */
@NullMarked
package org.byoemail.operations;

import org.jspecify.annotations.NullMarked;
