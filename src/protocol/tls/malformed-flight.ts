/** Why an answer is not what a TLS server sends there. The message is a word of ours. */
export class MalformedFlight extends Error {}
