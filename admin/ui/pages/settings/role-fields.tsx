import type { Role } from '../../../api/schemas/me.ts'
import { SelectField, Tick } from '../../parts/field.tsx'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'

const roles: Role[] = ['owner', 'manager', 'staff']

/** Role, and the sites it holds at. An owner has all of them. */
export function RoleFields(props: {
  role: Role
  onRole: (role: Role) => void
  /** Null: all sites. */
  siteIds: string[] | null
  onSites: (siteIds: string[] | null) => void
  error?: string | undefined
}) {
  const { settings, shared } = useWords()
  const w = settings.staff
  const { sites } = useMe()
  const { siteIds } = props
  const toggle = (id: string, on: boolean) =>
    props.onSites(on ? [...(siteIds ?? []), id] : (siteIds ?? []).filter((one) => one !== id))
  return (
    <>
      <SelectField
        label={w.role}
        hint={w.help}
        value={props.role}
        options={roles.map((value) => ({ value, label: w.roles[value] }))}
        onChange={(value) => props.onRole(value as Role)}
      />
      {props.role !== 'owner' && sites.length > 1 && (
        <fieldset class="ticks">
          <legend class="two">{w.sites}</legend>
          <Tick
            label={shared.allSites}
            checked={siteIds === null}
            onChange={(all) => props.onSites(all ? null : [])}
          />
          {siteIds !== null &&
            sites.map((site) => (
              <Tick
                key={site.id}
                label={site.name}
                checked={siteIds.includes(site.id)}
                onChange={(on) => toggle(site.id, on)}
              />
            ))}
          {props.error && (
            <p class="help bad" role="alert">
              {props.error}
            </p>
          )}
        </fieldset>
      )}
    </>
  )
}
