import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useWords } from '../../words/index.ts'

/** The command that walks invented guests through everything. */
export function VirtualGuestCommand({ slug, guests = 1 }: { slug: string; guests?: number }) {
  const { virtual: w } = useWords().sites
  return (
    <CopyBox
      title={w.terminal}
      label={w.terminal}
      text={`npm run --silent doorman -- ap --site ${slug} --guests ${guests}`}
    />
  )
}

export function VirtualGuestDialog({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { sites: w, common } = useWords()
  return (
    <Dialog title={w.virtual.title} onClose={onClose} wide>
      <p class="two">{w.virtual.about}</p>
      <VirtualGuestCommand slug={slug} guests={3} />
      <div class="do">
        <Button onClick={onClose}>{common.close}</Button>
      </div>
    </Dialog>
  )
}
