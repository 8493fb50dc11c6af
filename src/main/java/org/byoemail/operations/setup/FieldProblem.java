package org.byoemail.operations.setup;

/**
 * A problem with one field.
 *
 * @param field its path, such as {@code smtp.host}
 * @param reason shown to the person who entered it
 */
public record FieldProblem(String field, String reason) {}
