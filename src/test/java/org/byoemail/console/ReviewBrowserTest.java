package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.support.Accessibility;
import org.byoemail.support.Chromium;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * A person who has never seen the console sets a policy, reviews, edits and approves mail, and
 * finds its dossier: in a real browser, on a desktop and at 390 px. Leaves pictures in target.
 */
@RequiresPrograms("chromium")
class ReviewBrowserTest extends WebTest {
  private static final Path PICTURES = Path.of("target", "console");
  private static final int PHONE = 390;

  private static Browser browser;

  @LocalServerPort private int port;

  private final List<String> complaints = new ArrayList<>();
  private String organization;
  private String address;
  private String agent;
  private String producer;

  @BeforeAll
  static void open() {
    browser = Chromium.shared();
  }

  @BeforeEach
  void sender() {
    jdbc.sql("UPDATE outbound_review SET state = 'cancelled' WHERE state = 'requested'").update();
    organization = fresh("acme");
    address = fresh("shop") + "@example.test";
    String account = account(organization, address);
    agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    producer = key("producer", organization);
  }

  @Test
  void personSetsAPolicyReviewsEditsApprovesAndFindsTheDossier() {
    try (BrowserContext context = browser.newContext()) {
      Page page = loggedIn(context);
      policyIsSet(page);
      for (int number = 1; number <= 3; number++) {
        submit("Your invoice " + number, invoice(number));
      }
      submit("Access to the shop", "Hello,\nuse this key: AKIAQWERTYUIOPASDFGH\n");
      submit("Access to the shop", "Hello,\nuse this key: AKIAZXCVBNMASDFGHJKL\n");
      submit("An offer", "Dear Ben,\nwe offer ten chairs for 100 EUR.\n");

      page.click("nav >> text=Reviews");
      checked(page, "reviews");
      alikeMailsAreDecidedTogether(page);
      findingsAreLookedAtAlone(page);
      mailIsEditedAndApproved(page);
      dossierIsFound(page);
      checked(page, "dossier");
      mailIsRejected(page);
      onAPhone(page);
    }
    assertThat(complaints).isEmpty();
  }

  private Page loggedIn(BrowserContext context) {
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.navigate("http://localhost:" + port + "/console/agents/" + agent);
    page.fill("#username", "admin");
    page.fill("#password", CONSOLE_PASSWORD);
    page.click("button");
    return page;
  }

  private void policyIsSet(Page page) {
    page.navigate("http://localhost:" + port + "/console/agents/" + agent);
    page.click("main >> text=Sending policy");
    page.selectOption("[name='review.when']", "always");
    page.selectOption("[name='findings.secret']", "review");
    page.fill("[name='quotas.agent.messagesPerDay']", "a few");
    page.click("main button >> text=Save");
    assertThat(page.innerText("main")).contains("Nothing was saved", "must be a whole number");
    checked(page, "sending-policy-refused");
    // The browser complains of the answer to the wrong field, and of nothing else.
    assertThat(complaints).allMatch(one -> one.contains("status of 400")).hasSizeLessThan(2);
    complaints.clear();
    page.fill("[name='quotas.agent.messagesPerDay']", "200");
    page.click("main button >> text=Save");
    assertThat(page.innerText("main")).contains("is saved");
    page.click("main a >> text=Minimum of " + organization);
    page.selectOption("[name='recipients.unvouched']", "refuse");
    page.check("[name='quotas.unusualVolume']");
    page.click("main button >> text=Save");
    checked(page, "sending-minimum");
    page.navigate("http://localhost:" + port + "/console/agents/" + agent + "/sending-policy");
    assertThat(page.innerText("main")).contains("The minimum is stricter: refuse applies");
    checked(page, "sending-policy");
  }

  private void alikeMailsAreDecidedTogether(Page page) {
    String group = "form:has-text('Your invoice')";
    assertThat(page.innerText(group)).contains("Your invoice 2", "Your invoice 3");
    assertThat(page.innerText(group)).contains("It has the number 2.").contains("paid by 200 EUR");
    page.uncheck(group + " >> input[type=checkbox] >> nth=2");
    page.click(group + " >> text=Approve the ticked ones");
    assertThat(page.innerText("main")).contains("2 approved.").contains("Your invoice");
    for (int number = 4; number <= 5; number++) {
      submit("Your invoice " + number, invoice(number));
    }
    page.reload();
    page.fill(group + " >> [name='reason']", " ");
    page.click(group + " >> text=Reject the ticked ones");
    assertThat(page.innerText("main")).contains("Say why");
    page.fill(group + " >> [name='reason']", "The prices are wrong.");
    page.press(group + " >> [name='reason']", "Enter");
    assertThat(page.innerText("main")).contains("3 rejected.").doesNotContain("Your invoice");
  }

  private void findingsAreLookedAtAlone(Page page) {
    assertThat(page.locator("form:has-text('Access to the shop')").count()).isEqualTo(2);
    assertThat(page.locator("form:has-text('Access to the shop') button").count()).isZero();
    page.click("text=Access to the shop >> nth=0");
    assertThat(page.innerText("main")).contains("a secret");
    checked(page, "review-findings");
    page.click("nav >> text=Reviews");
  }

  private void mailIsEditedAndApproved(Page page) {
    page.click("text=An offer");
    checked(page, "review");
    page.click("text=Edit and approve");
    page.fill("#text", "Dear Ben,\nwe offer ten chairs for 120 EUR.\n");
    picture(page, "review-edit");
    page.click("text=Approve the edited mail");
    assertThat(page.innerText("main")).contains("Approved. It is sent when it is due.");
    assertThat(page.innerText("main")).contains("120 EUR");
    checked(page, "review-approved");
  }

  private void dossierIsFound(Page page) {
    page.click("main a >> text=Dossier");
    assertThat(page.innerText("h1")).isEqualTo("Dossier");
    assertThat(page.innerText("main")).contains("approved", "admin", organization);
  }

  private void mailIsRejected(Page page) {
    page.click("nav >> text=Reviews");
    page.click("text=Access to the shop >> nth=0");
    page.fill("#reason", "Keys are never sent by mail.");
    page.click("main button >> text=Reject");
    assertThat(page.innerText("main")).contains("Rejected: it is not sent.", "never sent by mail");
  }

  private void onAPhone(Page page) {
    String last = page.url();
    page.setViewportSize(PHONE, 844);
    page.navigate("http://localhost:" + port + "/console/reviews");
    checked(page, "reviews-phone");
    page.click("text=Access to the shop");
    checked(page, "review-phone");
    page.click("main a >> text=Dossier");
    checked(page, "dossier-phone");
    page.navigate("http://localhost:" + port + "/console/agents/" + agent + "/sending-policy");
    checked(page, "sending-policy-phone");
    page.navigate(last);
    checked(page, "review-rejected-phone");
  }

  private static void checked(Page page, String name) {
    picture(page, name);
    Accessibility.check(page);
    Object wide = page.evaluate("document.documentElement.scrollWidth");
    assertThat(((Number) wide).intValue()).as(name).isLessThanOrEqualTo(page.viewportSize().width);
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }

  private static String invoice(int number) {
    return "Dear customer,\nthis is your invoice. It has the number "
        + number
        + ".\nIt can be paid by "
        + number * 100
        + " EUR until the end of the month.\n";
  }

  private void submit(String subject, String text) {
    Answer answer =
        post(
            producer,
            "/messages",
            Map.of(
                "from", address, "to", List.of("ben@else.test"), "subject", subject, "text", text));
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
  }
}
