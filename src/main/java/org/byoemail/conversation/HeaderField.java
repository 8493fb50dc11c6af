package org.byoemail.conversation;

/** One header field of a stored message. */
public record HeaderField(String name, String value) {}
