/**
 * The commands of the program: {@code inspect} (raw mail), {@code gateway} (over the API of a
 * running gateway), {@code doctor} (what a start needs), {@code verify} (dossiers). Nothing uses
 * them but {@code main}.
 */
@NullMarked
package org.byoemail.command;

import org.jspecify.annotations.NullMarked;
