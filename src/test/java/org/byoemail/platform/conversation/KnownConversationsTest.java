package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Conversations.Started;
import org.byoemail.platform.conversation.KnownConversations.Participant;
import org.junit.jupiter.api.Test;

class KnownConversationsTest {
  private static final AgentId AGENT = AgentId.next();
  private static final String ANN = "ann@else.test";
  private static final String EVE = "eve@else.test";

  private final KnownConversations threads = new KnownConversations(AGENT);
  private final List<String> looked = new ArrayList<>();
  private Optional<ConversationId> stored = Optional.empty();

  @Test
  void answerOfAParticipantJoins() {
    ConversationId known = known("first@x", ANN);

    ConversationId placed = place(ANN, "second@x", "Re: Hello", "first@x");

    assertThat(placed).isEqualTo(known);
    assertThat(threads.joined()).containsExactly(known);
    assertThat(threads.started()).isEmpty();
  }

  @Test
  void strangerWhoRefersToAConversationStartsARelatedOne() {
    ConversationId known = known("first@x", ANN);
    stored = Optional.of(known);

    ConversationId placed = place(EVE, "second@x", "Re: Hello", "first@x");

    assertThat(placed).isNotEqualTo(known);
    assertThat(threads.started()).containsExactly(new Started(placed, AGENT, "Re: Hello", known));
    assertThat(looked).isEmpty();
  }

  @Test
  void nearestReferenceWins() {
    known("old@x", ANN);
    ConversationId near = known("near@x", ANN);

    assertThat(place(ANN, "next@x", "Re: Hello", "near@x", "old@x")).isEqualTo(near);
  }

  @Test
  void laterMailOfABatchJoinsAnEarlierOne() {
    ConversationId first = place(ANN, "first@x", "Hello");
    ConversationId second = place(ANN, "second@x", "Re: Hello", "first@x");
    ConversationId bySubject = place(ANN, "third@x", "AW: hello");
    ConversationId stranger = place(EVE, "fourth@x", "Re: Hello", "first@x");

    assertThat(second).isEqualTo(first);
    assertThat(bySubject).isEqualTo(first);
    assertThat(stranger).isNotEqualTo(first);
    assertThat(threads.joined()).isEmpty();
    assertThat(threads.started()).extracting(Started::id).containsExactly(first, stranger);
  }

  @Test
  void subjectCountsForRepliesOfThoseWhoNameThemselvesOnly() {
    stored = Optional.of(ConversationId.next());

    assertThat(place(ANN, "a@x", "Re: Hello")).isEqualTo(stored.get());
    assertThat(place(ANN, "b@x", "Another")).isNotEqualTo(stored.get());
    assertThat(place(null, "c@x", "Re: Hello")).isNotEqualTo(stored.get());
    assertThat(place(ANN, "d@x", "Re: ")).isNotEqualTo(stored.get());
    assertThat(looked).containsExactly("hello");
  }

  private ConversationId known(String messageId, String participant) {
    ConversationId conversation = ConversationId.next();
    threads.addMessage(conversation, new MessageId(messageId));
    threads.addParticipants(List.of(new Participant(conversation, participant)));
    return conversation;
  }

  private ConversationId place(
      String sender, String messageId, String subject, String... referred) {
    ThreadingCandidate mail =
        new ThreadingCandidate(
            sender == null ? null : EmailAddress.parse(sender),
            new MessageId(messageId),
            List.of(referred).stream().map(MessageId::new).toList(),
            subject);
    return threads.place(
        mail,
        base -> {
          looked.add(base);
          return stored;
        });
  }
}
