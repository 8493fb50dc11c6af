package org.byoemail.setup;

/**
 * What is wrong with one field.
 *
 * @param field its path, such as {@code smtp.host}
 * @param reason in words for who typed it
 */
public record FieldProblem(String field, String reason) {}
