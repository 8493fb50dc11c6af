package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.support.ApiClient;
import org.byoemail.support.LinkBrowser;
import org.byoemail.support.MailUser;
import org.byoemail.support.ProviderStub;
import org.springframework.web.util.HtmlUtils;

/**
 * Owners of mailboxes who open links and sign in at the provider stub. Each step of theirs reaches
 * another node than the one before.
 */
final class OwnerSignIns {
  private static final Pattern REFRESH = Pattern.compile("content=\"0;url=([^\"]+)\"");

  private final Cluster cluster;

  OwnerSignIns(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A mailbox that was connected by a link. */
  record Connected(MailUser user, String account, String link) {}

  /** Connects a mailbox to an agent of its own. */
  Connected connected(MailUser mailbox) {
    ApiClient.Answer link =
        ApiClient.expect(
            201,
            cluster
                .node("a")
                .api()
                .post(
                    "/accounts/connect-links",
                    Map.of(
                        "agent",
                        cluster.node("b").api().openAgent(mailbox.address()),
                        "address",
                        mailbox.address(),
                        "providers",
                        List.of("stub"))));
    String page = signIn(link.text("url"));
    ApiClient.Answer used =
        cluster.node("b").api().get("/accounts/connect-links/" + link.text("id"));
    assertThat(used.text("status")).as(page).isEqualTo("used");
    return new Connected(mailbox, used.text("account"), link.text("url"));
  }

  /** The owner opens a link and consents at the provider; the last page. */
  String signIn(String link) {
    LinkBrowser browser = new LinkBrowser(port("b"), link);
    browser.open();
    browser.at(port("c")).submit("begin");
    String page = browser.at(port("a")).submit("provider/stub").body();
    Matcher refresh = REFRESH.matcher(page);
    assertThat(refresh.find()).as(page).isTrue();
    String provider = HtmlUtils.htmlUnescape(refresh.group(1));
    Map<String, String> request = ProviderStub.parameters(URI.create(provider).getRawQuery());
    return browser
        .at(port("b"))
        .get(
            request.get("redirect_uri")
                + "?state="
                + request.get("state")
                + "&code="
                + ProviderStub.shared().consent(provider))
        .body();
  }

  /** The subject of a mail. */
  static String subject(MimeMessage mail) {
    try {
      return mail.getSubject();
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  private int port(String node) {
    return cluster.node(node).httpPort();
  }
}
