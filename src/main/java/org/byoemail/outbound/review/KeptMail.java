package org.byoemail.outbound.review;

/**
 * A composed mail that is kept as content.
 *
 * @param size in bytes
 */
public record KeptMail(String sha256, long size) {}
