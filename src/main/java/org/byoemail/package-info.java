/** The root package: one main class, one package a feature below it. */
@NullMarked
package org.byoemail;

import org.jspecify.annotations.NullMarked;
