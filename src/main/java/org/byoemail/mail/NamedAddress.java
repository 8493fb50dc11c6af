package org.byoemail.mail;

/**
 * An address of a From, To, Cc or Reply-To field with its display name.
 *
 * @param name the decoded display name; empty where there is none
 */
public record NamedAddress(String name, EmailAddress address) {}
