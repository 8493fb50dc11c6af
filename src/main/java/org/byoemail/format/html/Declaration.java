package org.byoemail.format.html;

/**
 * A valid declaration of a {@link Property}.
 *
 * @param value as {@link Declarations} reads it
 */
record Declaration(Property property, Object value, boolean important) {}
