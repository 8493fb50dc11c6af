package org.byoemail.platform.conversation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.byoemail.format.mail.Label;
import org.jspecify.annotations.Nullable;

/**
 * A change of the labels and the metadata of a message or a conversation. Done twice, it is the
 * same as once.
 *
 * @param metadata a merge patch (RFC 7396); null: none
 */
public record AnnotationsChange(Set<Label> add, Set<Label> remove, @Nullable ObjectNode metadata) {}
