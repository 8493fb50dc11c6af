package org.byoemail.format.mail;

/**
 * One field of a header as it was received: unfolded (RFC 5322 section 2.2.3), encoded words left
 * alone. Raw 8-bit text was read as UTF-8, or as windows-1252 where it is none; NUL is left out.
 */
public record HeaderField(String name, String value) {}
