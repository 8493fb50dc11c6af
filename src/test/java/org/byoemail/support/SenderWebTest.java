package org.byoemail.support;

import org.junit.jupiter.api.BeforeEach;

/** An organization of its own for each test, with an agent that sends from an account. */
public abstract class SenderWebTest extends WebTest {
  protected String organization;

  /** The address of the agent's account. */
  protected String address;

  /** The id of the agent's account. */
  protected String account;

  /** The key of a producer of the organization. */
  protected String producer;

  /** The key of an operator of the organization. */
  protected String operator;

  @BeforeEach
  void sender() {
    organization = fresh("sender");
    address = organization + "@example.test";
    account = account(organization, address);
    producer = key("producer", organization);
    operator = key("operator", organization);
  }
}
