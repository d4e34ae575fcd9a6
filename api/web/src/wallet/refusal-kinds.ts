/** The reader said no in the wallet. Not an error: nothing happened. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

/** Nothing was sent, or what was sent was refused; the message is for people. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
