package org.byoemail.format.html;

/**
 * A valid declaration of a {@link CssProperty}.
 *
 * @param value as {@link CssDeclarations} reads it
 */
record CssDeclaration(CssProperty property, Object value, boolean important) {}
