/** The parts of the npm package `radius` that tests ask for a second opinion; it brings no types. */
declare module 'radius' {
  type Attributes = [name: string, value: string | number | Buffer][]
  type Decoded = {
    code: string
    identifier: number
    attributes: Record<string, unknown>
    raw_attributes: unknown[]
  }
  const radius: {
    decode(args: { packet: Buffer; secret: string }): Decoded
    encode(args: {
      code: string
      secret: string
      identifier?: number
      attributes?: Attributes
      add_message_authenticator?: boolean
    }): Buffer
    encode_response(args: { packet: Decoded; code: string; secret: string; attributes?: Attributes }): Buffer
    verify_response(args: { request: Buffer; response: Buffer; secret: string }): boolean
  }
  export default radius
}
