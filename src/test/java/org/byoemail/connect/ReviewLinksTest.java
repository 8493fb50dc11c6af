package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.Cookie;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.outbound.review.ReviewerConfirmations;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.NewApiKey;
import org.byoemail.platform.access.Role;
import org.byoemail.support.ReviewWebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionTemplate;

/** The links in mails to reviewers: what opens, what decides, and what does not. */
class ReviewLinksTest extends ReviewWebTest {
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private static final String PASSWORD = "a long enough password";

  @Autowired private MailReviewers reviewers;
  @Autowired private ApiKeys keys;
  @Autowired private ReviewMails mails;
  @Autowired private ReviewerConfirmations confirmations;
  @Autowired private TransactionTemplate transaction;

  private String agent;

  /** A link that stays open: each post needs the token of a page. */
  private String form;

  @BeforeEach
  void careful() {
    agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    MailReviewers.NewReviewer named = name("form@people.test", true, "user:admin");
    form = link(message(), named);
  }

  @Test
  void openingTheLinkByGetOrHeadChangesNothing() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);

    MockHttpServletResponse page = open(MockMvcRequestBuilders.get(link));
    MockHttpServletResponse head = open(MockMvcRequestBuilders.head(link));
    MockHttpServletResponse html = open(MockMvcRequestBuilders.get(link + "/html"));
    MockHttpServletResponse mail = open(MockMvcRequestBuilders.get(link + "/mail"));

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getContentAsString())
        .contains("Hello of the test", "ben@else.test", "Your code", "nobody vouches");
    assertThat(page.getHeader("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(page.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(head.getStatus()).isEqualTo(200);
    assertThat(html.getContentAsString()).contains("<b>text</b>").doesNotContain("<script");
    assertThat(html.getHeader("Content-Security-Policy")).contains("sandbox");
    assertThat(mail.getContentAsString()).contains("Subject: Hello of the test");
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void postWithoutTheTokenOfThePageIsRefused() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);

    MockHttpServletResponse posted =
        open(
            MockMvcRequestBuilders.post(link + "/approve")
                .param("version", "1")
                .param("code", eva.code()));

    assertThat(posted.getStatus()).isEqualTo(403);
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void codeDecidesOnceAndTheLinkIsUsedUp() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);

    int decided = post(link, "approve", eva.code(), 1, null).getStatus();
    MockHttpServletResponse page = open(MockMvcRequestBuilders.get(link));
    int again = post(link, "reject", eva.code(), 1, "no").getStatus();

    assertThat(decided).isEqualTo(303);
    assertThat(state(message)).isEqualTo("approved");
    assertThat(page.getContentAsString()).contains("You have decided");
    assertThat(again).isEqualTo(409);
    assertThat(state(message)).isEqualTo("approved");
    assertThat(audited("message.approved")).isOne();
  }

  @Test
  void codeMayBeTypedInSmallLettersAndWithoutHyphens() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();

    int decided =
        post(
                link(message, eva),
                "reject",
                eva.code().toLowerCase(Locale.ROOT).replace("-", " "),
                1,
                "wrong price")
            .getStatus();

    assertThat(decided).isEqualTo(303);
    assertThat(state(message)).isEqualTo("rejected");
  }

  @Test
  void wrongCodesAreCountedUntilNoneIsTaken() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);

    int first = post(link, "approve", "AAAA-AAAA-AAAA-AAAA", 1, null).getStatus();
    for (int i = 1; i < 10; i++) {
      post(link, "approve", "", 1, null);
    }
    int right = post(link, "approve", eva.code(), 1, null).getStatus();
    String page = open(MockMvcRequestBuilders.get(link)).getContentAsString();
    String other = message();
    int elsewhere = post(link(other, eva), "approve", eva.code(), 1, null).getStatus();
    String renewed =
        post(operator, "/reviewers/" + eva.reviewer().id() + "/code", null).text("/code");
    int after = post(link, "approve", renewed, 1, null).getStatus();

    assertThat(first).isEqualTo(403);
    assertThat(right).isEqualTo(403);
    assertThat(page).contains("entered wrongly too often").doesNotContain("id=\"code\"");
    assertThat(elsewhere).isEqualTo(303);
    assertThat(after).isEqualTo(303);
  }

  @Test
  void reviewerShowsTheErrorOfTheVersionUnderReviewOnly() {
    always(true);
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String review = review(message());
    jdbc.sql(
            "UPDATE review_mail SET wrong_codes = 10, last_error = 'no server' WHERE reviewer_id = :id")
        .param("id", eva.reviewer().id())
        .update();

    JsonNode before = reviewer(eva);
    post(
        operator,
        "/reviews/" + review + "/approve",
        Map.of("version", 1, "edits", Map.of("subject", "Another")));
    JsonNode after = reviewer(eva);

    assertThat(before.path("locked").asBoolean()).isTrue();
    assertThat(before.path("lastError").asText()).isEqualTo("no server");
    assertThat(after.path("locked").asBoolean()).isFalse();
    assertThat(after.path("lastError").isNull()).isTrue();
  }

  private JsonNode reviewer(MailReviewers.NewReviewer named) {
    return items(operator, "/reviewers").stream()
        .filter(one -> one.path("id").asText().equals(named.reviewer().id().toString()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneMailboxOfGmailIsOneReviewer() {
    name("jo.e+a@gmail.com", true, "user:admin");

    assertThat(tryToName("joe@gmail.com")).isEmpty();
    assertThat(tryToName("j.o.e@googlemail.com")).isEmpty();
    assertThat(tryToName("joes@gmail.com")).isPresent();
  }

  @Test
  void strangersAreNamedWithinABoundAlsoIfTheyAreRemovedAgain() {
    int named = 1;
    while (named < 50) {
      Optional<MailReviewers.NewReviewer> next = tryToName("stranger" + named + "@people.test");
      if (next.isEmpty()) {
        break;
      }
      transaction.executeWithoutResult(status -> reviewers.delete(next.get().reviewer().id()));
      named++;
    }

    assertThat(named).isEqualTo(MailReviewers.MAX_NAMED_IN_HOUR);
  }

  @Test
  void reviewerWhoDecidesByLoginIsLedToTheConsoleOnly() throws Exception {
    MailReviewers.NewReviewer max = name("max@people.test", false, "user:admin");
    String message = message();
    String link = link(message, max);

    String page = open(MockMvcRequestBuilders.get(link)).getContentAsString();
    int posted = post(link, "approve", "", 1, null).getStatus();

    assertThat(page).contains("/console/reviews/").doesNotContain("Your code");
    assertThat(posted).isEqualTo(403);
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void linkIsOverWithItsReviewItsVersionAndItsTime() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String rejected = message();
    String late = message();
    String changed = message();
    String linkOfRejected = link(rejected, eva);
    String linkOfLate = link(late, eva);
    String linkOfChanged = link(changed, eva);
    post(
        operator, "/reviews/" + review(rejected) + "/reject", Map.of("version", 1, "reason", "no"));
    always(true);
    String fourEyes = message();
    String first = link(fourEyes, eva);
    post(
        operator,
        "/reviews/" + review(fourEyes) + "/approve",
        Map.of("version", 1, "edits", Map.of("subject", "Another")));
    expire(late);

    assertThat(post(linkOfRejected, "approve", eva.code(), 1, null).getStatus()).isEqualTo(409);
    assertThat(post(linkOfLate, "approve", eva.code(), 1, null).getStatus()).isEqualTo(409);
    assertThat(post(first, "approve", eva.code(), 1, null).getStatus()).isEqualTo(409);
    assertThat(post(linkOfChanged, "approve", eva.code(), 2, null).getStatus()).isEqualTo(409);
    assertThat(open(MockMvcRequestBuilders.get(linkOfLate)).getStatus()).isEqualTo(410);
    assertThat(open(MockMvcRequestBuilders.get(first)).getContentAsString())
        .contains("Another version");
    assertThat(state(late)).isEqualTo("requested");
    assertThat(state(changed)).isEqualTo("requested");
    // The changed version has a link of its own.
    assertThat(post(link(fourEyes, eva), "approve", eva.code(), 2, null).getStatus())
        .isEqualTo(303);
    assertThat(state(fourEyes)).isEqualTo("approved");
  }

  @Test
  void forgedLinkAndThatOfARemovedReviewerOpenNothing() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);
    delete(operator, "/reviewers/" + eva.reviewer().id());

    assertThat(open(MockMvcRequestBuilders.get(link)).getStatus()).isEqualTo(404);
    assertThat(open(MockMvcRequestBuilders.get("/connect/review/" + "A".repeat(43))).getStatus())
        .isEqualTo(404);
    assertThat(post(link, "approve", eva.code(), 1, null).getStatus()).isEqualTo(404);
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void addressThatAnAccountReadsByNowDecidesNothing() throws Exception {
    String later = fresh("later") + "@people.test";
    MailReviewers.NewReviewer eva = name(later, true, "user:admin");
    String message = message();
    String link = link(message, eva);
    account(fresh("elsewhere"), later);

    int posted = post(link, "approve", eva.code(), 1, null).getStatus();

    assertThat(posted).isEqualTo(403);
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void keyThatSubmittedTheMessageDecidesNothingByAReviewerItNamed() throws Exception {
    MailReviewers.NewReviewer own = name("own@people.test", true, "key:" + idOfProducer());
    String message = message();

    int posted = post(link(message, own), "approve", own.code(), 1, null).getStatus();

    assertThat(posted).isEqualTo(403);
    assertThat(state(message)).isEqualTo("requested");
  }

  @Test
  void codesCountAsOneWithWhoNamedTheirReviewers() throws Exception {
    always(true);
    String id =
        jdbc.sql("SELECT id FROM api_key WHERE name LIKE 'operator%' AND organization = :o")
            .param("o", organization)
            .query(String.class)
            .single();
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "key:" + id);
    MailReviewers.NewReviewer max = name("max@people.test", true, "key:" + id);
    MailReviewers.NewReviewer ofAnother = name("ida@people.test", true, "user:admin");
    String withWhoNamed = message();
    String both = message();

    post(operator, "/reviews/" + review(withWhoNamed) + "/approve", Map.of("version", 1));
    post(link(withWhoNamed, eva), "approve", eva.code(), 1, null);
    post(link(both, eva), "approve", eva.code(), 1, null);
    String half = state(both);
    post(link(both, max), "approve", max.code(), 1, null);
    String stillHalf = state(both);
    post(link(both, ofAnother), "approve", ofAnother.code(), 1, null);

    assertThat(state(withWhoNamed)).isEqualTo("requested");
    assertThat(half).isEqualTo("requested");
    assertThat(stillHalf).isEqualTo("requested");
    assertThat(state(both)).isEqualTo("approved");
  }

  @Test
  void newCodeCountsAsOneWithWhoWasShownIt() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String ofProducer = message();
    always(true);
    String message = message();
    String later = message();

    String code = post(operator, "/reviewers/" + eva.reviewer().id() + "/code", null).text("/code");
    post(operator, "/reviews/" + review(message) + "/approve", Map.of("version", 1));
    post(link(message, eva), "approve", code, 1, null);
    String alone = state(message);
    String shownToProducer = renewed(eva.reviewer(), "key:" + idOfProducer());
    int bySubmitter = post(link(ofProducer, eva), "approve", shownToProducer, 1, null).getStatus();
    String other = renewed(eva.reviewer(), "user:admin");
    post(operator, "/reviews/" + review(later) + "/approve", Map.of("version", 1));
    post(link(later, eva), "approve", other, 1, null);

    assertThat(alone).isEqualTo("requested");
    assertThat(bySubmitter).isEqualTo(403);
    assertThat(state(ofProducer)).isEqualTo("requested");
    assertThat(state(later)).isEqualTo("approved");
  }

  private String renewed(MailReviewer reviewer, String shownTo) {
    return Objects.requireNonNull(
        transaction.execute(status -> reviewers.renewCode(reviewer, shownTo)));
  }

  private String idOfProducer() {
    return jdbc.sql("SELECT id FROM api_key WHERE name LIKE 'producer%' AND organization = :o")
        .param("o", organization)
        .query(String.class)
        .single();
  }

  @Test
  void personCountsAsOneWithTheirKeysAndWithTheReviewerAtTheirAddress() throws Exception {
    always(true);
    String login = fresh("Pat") + "@people.test";
    String person = person(login, "admin");
    MailReviewers.NewReviewer pat = name(login.replace("@", "+reviews@"), true, "user:admin");
    NewApiKey own = ofPerson(person);
    NewApiKey another = ofPerson(person);
    String message = message();
    String review = review(message);

    approveInConsole(login, review);
    Answer byKey = post(own.secret(), "/reviews/" + review + "/approve", Map.of("version", 1));
    post(another.secret(), "/reviews/" + review + "/approve", Map.of("version", 1));
    post(link(message, pat), "approve", pat.code(), 1, null);
    keys.delete(null, own.key().id());
    String alone = state(message);
    post(operator, "/reviews/" + review + "/approve", Map.of("version", 1));

    assertThat(byKey.status()).isEqualTo(200);
    assertThat(alone).isEqualTo("requested");
    assertThat(state(message)).isEqualTo("approved");
  }

  @Test
  void keysOfOneMakerCountAsOneEvenAfterOneIsDeleted() {
    always(true);
    String admin = key("admin", organization);
    Answer one = madeBy(admin);
    Answer two = madeBy(admin);
    String review = review(message());

    post(one.text("/key"), "/reviews/" + review + "/approve", Map.of("version", 1));
    delete(admin, "/api-keys/" + one.text("/id"));
    Answer second = post(two.text("/key"), "/reviews/" + review + "/approve", Map.of("version", 1));
    Answer last = post(operator, "/reviews/" + review + "/approve", Map.of("version", 1));

    assertThat(second.text("/state")).isEqualTo("requested");
    assertThat(last.text("/state")).isEqualTo("approved");
  }

  private Answer madeBy(String admin) {
    return post(
        admin,
        "/api-keys",
        Map.of("name", fresh("key"), "role", "operator", "organization", organization));
  }

  private NewApiKey ofPerson(String person) {
    return keys.create(
        fresh("own"),
        Role.OPERATOR,
        new OrganizationId(organization),
        new ApiKeys.Maker(null, UUID.fromString(person)),
        null,
        null);
  }

  private String person(String login, String role) {
    return person(login, organization, role, PASSWORD);
  }

  private void approveInConsole(String login, String review) throws Exception {
    MockHttpServletResponse answer =
        open(
            MockMvcRequestBuilders.post("/console/reviews/" + review + "/approve")
                .cookie(loginOf(login, PASSWORD))
                .with(csrf())
                .param("version", "1"));
    assertThat(answer.getStatus()).isEqualTo(302);
  }

  @Test
  void addressIsConfirmedByAPostOfItsLinkAndNotByOpeningIt() throws Exception {
    MailReviewer added = unconfirmed("new@people.test");
    String unasked = message();
    String path = "/connect/reviewer/" + confirmations.newToken(added.id());

    MockHttpServletResponse page = open(MockMvcRequestBuilders.get(path));
    open(MockMvcRequestBuilders.head(path));
    int withoutToken = open(MockMvcRequestBuilders.post(path + "/confirm")).getStatus();
    String before = get(operator, "/reviewers").text("/items/1/confirmedAt");
    MockHttpServletResponse confirmed = confirm(path);
    MockHttpServletResponse again = confirm(path);
    String asked = message();

    assertThat(page.getContentAsString()).contains("new@people.test", organization);
    assertThat(withoutToken).isEqualTo(403);
    assertThat(before).isEqualTo("null");
    assertThat(confirmed.getContentAsString()).contains("Confirmed");
    assertThat(again.getContentAsString()).contains("Confirmed");
    assertThat(audited("reviewer.confirmed")).isOne();
    assertThat(mailsTo(added, unasked)).isZero();
    assertThat(mailsTo(added, asked)).isOne();
  }

  @Test
  void linkToConfirmExpiresAndIsOfNoUseOnceAnAccountReadsTheAddress() throws Exception {
    String later = fresh("later") + "@people.test";
    MailReviewer reviewer = unconfirmed(later);
    String path = "/connect/reviewer/" + confirmations.newToken(reviewer.id());
    account(fresh("elsewhere"), later);

    int readHere = confirm(path).getStatus();
    jdbc.sql("UPDATE reviewer_confirmation SET created_at = created_at - interval '8 days'")
        .update();
    int late = open(MockMvcRequestBuilders.get(path)).getStatus();
    int unknown =
        open(MockMvcRequestBuilders.get("/connect/reviewer/" + "A".repeat(43))).getStatus();

    assertThat(readHere).isEqualTo(409);
    assertThat(late).isEqualTo(404);
    assertThat(unknown).isEqualTo(404);
    assertThat(reviewers.find(reviewer.id()).orElseThrow().confirmedAt()).isNull();
  }

  private MailReviewer unconfirmed(String mailbox) {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                reviewers
                    .create(
                        new OrganizationId(organization),
                        new EmailAddress(mailbox),
                        List.of(),
                        false,
                        "user:admin")
                    .orElseThrow()
                    .reviewer()));
  }

  private long mailsTo(MailReviewer reviewer, String message) {
    return jdbc.sql(
            """
            SELECT count(*) FROM review_mail m JOIN outbound_review r ON r.id = m.review_id
            WHERE m.reviewer_id = :reviewer AND r.message_id = :message
            """)
        .param("reviewer", reviewer.id())
        .param("message", UUID.fromString(message))
        .query(Long.class)
        .single();
  }

  @Test
  void ofLinkAndApiAtOnceOneWins() throws Exception {
    MailReviewers.NewReviewer eva = name("eva@people.test", true, "user:admin");
    String message = message();
    String link = link(message, eva);
    String path = "/reviews/" + review(message) + "/reject";
    ExecutorService threads = Executors.newFixedThreadPool(2);

    List<Callable<Integer>> both =
        List.of(
            () -> post(link, "approve", eva.code(), 1, null).getStatus(),
            () -> post(operator, path, Map.of("version", 1, "reason", "no")).status());
    List<Future<Integer>> answers = threads.invokeAll(both);
    threads.shutdown();

    assertThat(List.of(answers.get(0).get(), answers.get(1).get()))
        .containsAnyOf(303, 200)
        .contains(409);
  }

  @Test
  void reviewerIsNotNamedWhileThePlatformHasNoTransport() {
    Answer refused = post(operator, "/reviewers", Map.of("address", "eva@people.test"));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().toString()).contains("byo.transport.relay");
    assertThat(page("/console/reviewers")).contains("byo.transport.relay");
  }

  @Test
  void addressesThatAccountsReadAreFound() {
    assertThat(isRead(address)).isTrue();
    assertThat(isRead(address.replace("@", "+tag@"))).isTrue();
    assertThat(isRead("nobody-" + address)).isFalse();
    jdbc.sql(
            """
            INSERT INTO account_alias (account_id, organization, address, created_at, kind)
            SELECT id, :o, :alias, now(), 'address' FROM agent_email_account WHERE agent_id = :agent
            """)
        .param("o", organization)
        .param("alias", "alias-" + address)
        .param("agent", UUID.fromString(agent))
        .update();
    assertThat(isRead("alias-" + address)).isTrue();
  }

  @Test
  void narrowerReviewIsProposedWhereNearlyAllWasApproved() {
    String message = message();
    jdbc.sql(
            """
            WITH made AS (
              INSERT INTO outbound_review (id, message_id, organization, agent_id, state, version, reasons, has_findings,
                policy_version, four_eyes, conversation_changed, alike, requested_at, due_at, expires_at)
              SELECT gen_random_uuid(), message_id, organization, agent_id, 'cancelled', 1, '[]', false, '', false, false,
                '', now(), now(), now() FROM outbound_review, generate_series(1, 200) WHERE message_id = :id
              RETURNING id)
            INSERT INTO outbound_review_decision (id, review_id, version, decision, reviewer, name, decided_at)
            SELECT gen_random_uuid(), id, 1, CASE WHEN row_number() OVER () <= 4 THEN 'rejected' ELSE 'approved' END,
              'user:admin', 'operator', now() FROM made
            """)
        .param("id", UUID.fromString(message))
        .update();
    int atTheLimit = get(operator, "/reviews/proposals").body().at("/items").size();
    jdbc.sql(
            """
            UPDATE outbound_review_decision SET decision = 'approved' WHERE id = (
              SELECT d.id FROM outbound_review_decision d JOIN outbound_review r ON r.id = d.review_id
              WHERE r.message_id = :id AND d.decision = 'rejected' LIMIT 1)
            """)
        .param("id", UUID.fromString(message))
        .update();

    Answer proposals = get(operator, "/reviews/proposals?agent=" + agent);

    assertThat(atTheLimit).isZero();
    assertThat(proposals.text("/items/0/agent")).isEqualTo(agent);
    assertThat(proposals.text("/items/0/approved")).isEqualTo("197");
    assertThat(proposals.text("/items/0/when")).isEqualTo("always");
    assertThat(proposals.text("/items/0/proposed")).isEqualTo("external");
    assertThat(proposals.body().at("/items/0/ofOrganization").asBoolean()).isTrue();
    assertThat(get(key("operator", fresh("other")), "/reviews/proposals").body().at("/items"))
        .isEmpty();
  }

  private boolean isRead(String of) {
    return reviewers.isReadHere(EmailAddress.parse(of));
  }

  private MailReviewers.NewReviewer name(String mailbox, boolean byCode, String by) {
    return named(mailbox, byCode, by).orElseThrow();
  }

  private Optional<MailReviewers.NewReviewer> tryToName(String mailbox) {
    return named(mailbox, false, "user:admin");
  }

  private Optional<MailReviewers.NewReviewer> named(String mailbox, boolean byCode, String by) {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                reviewers
                    .create(
                        new OrganizationId(organization),
                        new EmailAddress(mailbox),
                        List.of(),
                        byCode,
                        by)
                    .map(this::confirmed)));
  }

  private MailReviewers.NewReviewer confirmed(MailReviewers.NewReviewer named) {
    confirmations.confirm(named.reviewer().id());
    return named;
  }

  /** The link for the present version of a mail, as the mail to the reviewer has it. */
  private String link(String message, MailReviewers.NewReviewer reviewer) {
    UUID mail =
        jdbc.sql(
                """
                SELECT m.id FROM review_mail m JOIN outbound_review r ON r.id = m.review_id AND r.version = m.version
                WHERE r.message_id = :message AND m.reviewer_id = :reviewer
                """)
            .param("message", UUID.fromString(message))
            .param("reviewer", reviewer.reviewer().id())
            .query(UUID.class)
            .single();
    return "/connect/review/" + mails.newToken(mail);
  }

  private long audited(String action) {
    return jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = :a AND organization = :o")
        .param("a", action)
        .param("o", organization)
        .query(Long.class)
        .single();
  }

  private MockHttpServletResponse open(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request).andReturn().getResponse();
  }

  private MockHttpServletResponse post(
      String link, String decision, @Nullable String code, int version, @Nullable String reason)
      throws Exception {
    MockHttpServletRequestBuilder request =
        withToken(MockMvcRequestBuilders.post(link + "/" + decision))
            .param("version", String.valueOf(version))
            .param("code", code == null ? "" : code);
    return open(reason == null ? request : request.param("reason", reason));
  }

  private MockHttpServletResponse confirm(String path) throws Exception {
    return open(withToken(MockMvcRequestBuilders.post(path + "/confirm")));
  }

  private MockHttpServletRequestBuilder withToken(MockHttpServletRequestBuilder request)
      throws Exception {
    MockHttpServletResponse page = open(MockMvcRequestBuilders.get(form));
    Cookie cookie = Objects.requireNonNull(page.getCookie("byo-connect-csrf"));
    Matcher token = TOKEN.matcher(page.getContentAsString());
    assertThat(token.find()).isTrue();
    return request.cookie(cookie).param("_csrf", token.group(1));
  }
}
