import { z } from 'zod'
import { contract, type Endpoint, type Operation } from './api/contract.ts'
import { failure } from './api/schemas/shared.ts'
import { type AdminConfig, publicUrlOf } from './config.ts'

type Schema = Record<string, unknown>

/** The whole API as OpenAPI 3.1, made from the very schemas the server checks with. */
export function apiDescription(config: Pick<AdminConfig, 'publicUrl' | 'port' | 'version'>): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of Object.keys(contract) as Operation[]) {
    const [method = '', path = ''] = operation.split(' ')
    const template = path.replace(/:(\w+)/g, '{$1}')
    paths[template] = {
      ...paths[template],
      [method.toLowerCase()]: operationOf(operation, contract[operation]),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Doorman',
      version: config.version,
      description:
        'All that the panel does. Lists answer items, total and nextCursor; times are ISO 8601 in UTC; octets are decimal strings. With the cookie, what changes something must come from the panel’s own pages; programs use a key.',
    },
    servers: [{ url: `${publicUrlOf(config)}/api/v1` }],
    security: [{ key: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, made under Settings.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: publicUrlOf(config).startsWith('https:')
            ? '__Secure-doorman.session_token'
            : 'doorman.session_token',
          description: 'The session of somebody who signed in by POST /api/auth/sign-in/email.',
        },
      },
      schemas: { Failure: schemaOf(failure, 'output') },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([name, { description }]) => [name, refusalOf(description)]),
      ),
    },
  }
}

const refusals = {
  BadRequest: { status: 400, description: 'The body is no JSON.' },
  NotSignedIn: { status: 401, description: 'Nobody is signed in, or the key is not known.' },
  NotAllowed: {
    status: 403,
    description: 'The asker lacks the right, or the request is from another website.',
  },
  NotFound: { status: 404, description: 'There is no such thing, or not for this asker.' },
  Conflict: { status: 409, description: 'A rule forbids it as things are.' },
  Invalid: { status: 422, description: 'A field is not right; the message says which and what it takes.' },
  TooMany: { status: 429, description: 'Too many tries; Retry-After says how many seconds to wait.' },
  Failed: { status: 500, description: 'Something went wrong here; nothing was changed.' },
}

const refusalOf = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
})

function operationOf(operation: Operation, endpoint: Endpoint): object {
  const [method = '', path = ''] = operation.split(' ')
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return {
    operationId: operationId(method, path),
    summary: endpoint.summary,
    tags: [path.split('/')[1]],
    ...(endpoint.access === 'open' ? { security: [] } : {}),
    ...(endpoint.access === 'open' || endpoint.access === 'signed-in'
      ? {}
      : { description: `Needs the right \`${endpoint.access}\`.` }),
    parameters: [...names.map(pathParameter), ...queryParameters(endpoint.query)],
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: {
      [endpoint.status ?? 200]: {
        description: endpoint.status === 201 ? 'Made.' : 'Done.',
        content: { 'application/json': { schema: schemaOf(endpoint.answer, 'output') } },
      },
      ...refusalsOf(endpoint, names.length > 0),
    },
  }
}

/** getGuestsIdTimeline: the method, then the path. */
const operationId = (method: string, path: string) =>
  method.toLowerCase() + path.replace(/[/:-]+(\w)/g, (_, letter: string) => letter.toUpperCase())

function refusalsOf(endpoint: Endpoint, hasParams: boolean): Record<string, object> {
  const told = (Object.keys(refusals) as (keyof typeof refusals)[]).filter((name) => {
    if (name === 'BadRequest') return endpoint.body
    if (name === 'NotSignedIn') return endpoint.access !== 'open'
    if (name === 'NotFound') return hasParams
    if (name === 'Invalid') return endpoint.body ?? endpoint.query
    if (name === 'TooMany') return endpoint.access === 'open'
    return true
  })
  return Object.fromEntries(
    told.map((name) => [refusals[name].status, { $ref: `#/components/responses/${name}` }]),
  )
}

const pathParameter = (name: string) => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[\\w-]{1,64}$' },
})

function queryParameters(query: z.ZodType | undefined): object[] {
  if (!query) return []
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    reused: 'inline',
  })
  return rest
}
