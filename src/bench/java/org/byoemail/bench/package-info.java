/** How speed and size are measured: each bench is a program that {@code bench/run} starts. */
@NullMarked
package org.byoemail.bench;

import org.jspecify.annotations.NullMarked;
